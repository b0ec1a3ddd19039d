import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { load, request, setUp } from './fixtures/driven-host.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('other threads begin another process, which is no crash, when the one before is gone', async () => {
  const { host, children, statuses, end } = setUp();
  host.loadModel('/a.gguf');
  children[0].model('ready');
  host.setThreads(null);
  expect(children[0].got).toEqual([load('/a.gguf')]);
  host.setThreads(2);
  expect(children[0].got.at(-1)).toEqual({ type: 'quit' });
  expect(children).toHaveLength(1);
  end();
  await vi.advanceTimersByTimeAsync(0);
  expect(children).toHaveLength(2);
  expect(children[1].got).toEqual([load('/a.gguf', 'default', { threads: 2 })]);
  expect(statuses).toEqual([]);
});

test('an engine that does not end for the next one is killed, and what it was asked counts as cut short', async () => {
  const { host, children, statuses } = setUp();
  host.loadModel('/a.gguf');
  host.setThreads(2);
  host.generate(request);
  await vi.advanceTimersByTimeAsync(4000);
  expect(children[0].killed).toBe(true);
  expect(children).toHaveLength(2);
  expect(statuses).toEqual([{ state: 'restarting', exit: { code: 15, duringLoad: false } }, { state: 'running' }]);
  expect(children[1].got).toEqual([load('/a.gguf', 'default', { threads: 2 })]);
});

test('one that breaks down instead of ending is told as well', async () => {
  const { host, children, statuses, crash } = setUp();
  host.setThreads(2);
  crash();
  await vi.advanceTimersByTimeAsync(0);
  expect(statuses).toEqual([{ state: 'restarting', exit: { code: 9, duringLoad: false } }, { state: 'running' }]);
  expect(children).toHaveLength(2);
});

test('what a page asked for meanwhile is not run for the next page', async () => {
  const { host, children, end } = setUp();
  host.loadModel('/a.gguf');
  host.setThreads(2);
  host.generate(request);
  host.connect(() => null);
  end();
  await vi.advanceTimersByTimeAsync(0);
  expect(children[1].got).toEqual([load('/a.gguf', 'default', { threads: 2 })]);
});

test('a model asked for meanwhile is loaded by the process that comes, once', async () => {
  const { host, children } = setUp();
  host.setThreads(2);
  host.loadModel('/b.gguf');
  // Two processes would hold two models.
  expect(children).toHaveLength(1);
  children[0].emit('exit', 0);
  await vi.advanceTimersByTimeAsync(5000);
  expect(children).toHaveLength(2);
  expect(children[1].got).toEqual([load('/b.gguf', 'default', { threads: 2 })]);
});

test('what an engine still says while it ends for the next one holds no more, but for the log', async () => {
  const { host, children, loaded, logged, statuses, crash } = setUp();
  host.loadModel('/a.gguf');
  host.setThreads(2);
  const late = () => {
    children[0].emit('message', { type: 'model', state: 'none', about: 'old' });
    children[0].emit('message', { type: 'model', state: 'ready', loaded: { path: '/a.gguf', hash: 'h' } });
  };
  late();
  children[0].emit('exit', 0);
  await vi.advanceTimersByTimeAsync(0);
  children[0].emit('message', { type: 'log', level: 'warn', message: 'going' });
  late();
  expect({ about: host.aboutModel, loaded, logged: logged.at(-1) }).toEqual({
    about: null,
    loaded: [],
    logged: 'going',
  });
  crash();
  expect(statuses).toEqual([{ state: 'restarting', exit: { code: expect.any(Number), duringLoad: true } }]);
});

test('what is asked meanwhile, and what the engine had not begun, is for the next one', async () => {
  const { host, children } = setUp();
  host.loadModel('/a.gguf');
  host.setThreads(2);
  host.reread(request);
  host.stop('r');
  let renewed = false;
  void host.renewed.then(() => {
    renewed = true;
  });
  const waiting = { type: 'generate', request: { ...request, requestId: 'q' } };
  children[0].emit('message', { type: 'unanswered', command: waiting });
  await vi.advanceTimersByTimeAsync(0);
  expect(renewed).toBe(false);
  children[0].emit('exit', 0);
  await vi.advanceTimersByTimeAsync(0);
  expect(renewed).toBe(true);
  expect(children[1].got).toEqual([
    load('/a.gguf', 'default', { threads: 2 }),
    waiting,
    { type: 'reread', request },
    { type: 'stop', requestId: 'r' },
  ]);
  host.stop('r');
  expect(children[1].got).toHaveLength(5);
});

test('what an engine was asked before it was to end for the next one, nobody answers', async () => {
  const { host, children } = setUp();
  const use = { contextTokens: 100, compression: { preset: 'off' as const }, precision: 'default' as const };
  const asked = host.forecastModels({ outlines: [], use });
  host.setThreads(2);
  expect(await asked).toBeNull();
  expect(children[0].got.at(-1)).toEqual({ type: 'quit' });
});

test('a quit waits for the engine that ends for a next one, which does not come', async () => {
  const { host, children } = setUp();
  host.setThreads(2);
  let quit = false;
  const quitting = host.quit().then(() => {
    quit = true;
  });
  await vi.advanceTimersByTimeAsync(500);
  expect(quit).toBe(false);
  children[0].emit('exit', 0);
  await quitting;
  await vi.advanceTimersByTimeAsync(5000);
  expect(children).toHaveLength(1);
});
