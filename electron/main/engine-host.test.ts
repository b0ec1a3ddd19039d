import type { MessagePortMain } from 'electron';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { load, request, setUp } from './fixtures/driven-host.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a crash is told at once, and the new process loads the same model', () => {
  const { host, children, statuses, crash } = setUp();
  host.loadModel('/a.gguf');
  children[0].model('ready');
  crash();
  expect(statuses).toEqual([{ state: 'restarting', exit: { code: 9, duringLoad: false } }]);
  vi.advanceTimersByTime(0);
  expect(statuses.at(-1)).toEqual({ state: 'running' });
  expect(children[1].got).toEqual([load('/a.gguf')]);
});

test('of the model that came with the app it is said what it has to be', () => {
  const { host, children } = setUp();
  host.loadModel('/bundled.gguf');
  expect(children[0].got).toEqual([{ ...load('/bundled.gguf'), sha256: 'abc' }]);
});

test('another precision loads the present model again, and later ones with it', () => {
  const { host, children, crash } = setUp();
  host.setPrecision('float32');
  expect(children[0].got).toEqual([]);
  host.loadModel('/a.gguf');
  host.setPrecision('default');
  expect(children[0].got).toEqual([load('/a.gguf', 'float32'), load('/a.gguf')]);
  host.setPrecision('float32');
  crash();
  vi.advanceTimersByTime(0);
  expect(children[1].got).toEqual([load('/a.gguf', 'float32')]);
});

test('another context loads the present model again', () => {
  const { host, children } = setUp();
  host.loadModel('/a.gguf');
  host.setContextLength(2048);
  expect(children[0].got).toEqual([load('/a.gguf'), load('/a.gguf', 'default', { contextLength: 2048 })]);
});

test('what is loaded is known for a report', () => {
  const { host, children } = setUp();
  expect(host.aboutModel).toBeNull();
  children[0].emit('message', { type: 'model', state: 'ready', about: 'llama, 30 layers' });
  expect(host.aboutModel).toBe('llama, 30 layers');
});

test('a model that was ejected is not loaded again', () => {
  const { host, children, crash } = setUp();
  host.loadModel('/a.gguf');
  host.ejectModel();
  children[0].model('none');
  crash();
  vi.advanceTimersByTime(0);
  expect(children[1].got).toEqual([]);
});

test('a model that lies somewhere else now is loaded, and told of, from there', () => {
  const { host, children, loaded, crash } = setUp();
  host.loadModel('/a.gguf');
  host.moved({ from: '/other.gguf', to: '/c.gguf' });
  host.moved({ from: '/a.gguf', to: '/b.gguf' });
  expect(host.modelPath).toBe('/b.gguf');
  children[0].emit('message', { type: 'model', state: 'ready', loaded: { path: '/a.gguf', hash: 'h' } });
  crash();
  vi.advanceTimersByTime(0);
  expect(children[1].got).toEqual([load('/b.gguf')]);
  host.loadModel('/a.gguf');
  children[1].emit('message', { type: 'model', state: 'ready', loaded: { path: '/a.gguf', hash: 'h' } });
  expect(loaded).toEqual(['/b.gguf', '/a.gguf']);
});

test('each process gets a port of the page', () => {
  const { host, children, crash } = setUp();
  const ports = [{}, {}] as MessagePortMain[];
  const toOpen = [...ports];
  host.loadModel('/a.gguf');
  host.connect(() => toOpen.shift() ?? null);
  children[0].model('none');
  crash();
  vi.advanceTimersByTime(0);
  expect(children.map((child) => child.ports)).toEqual([[ports[0]], [ports[1]]]);
  // It is not to hear that there is no model.
  expect(children[1].got.map(({ type }) => type)).toEqual(['load', 'connect']);
});

test('a request made while no process is there is refused, and the next process never hears of it', () => {
  const { host, children, crash } = setUp();
  host.loadModel('/a.gguf');
  children[0].model('ready');
  crash();
  expect(() => host.generate(request)).toThrow(expect.objectContaining({ code: 'ENGINE_CRASHED' }));
  expect(() => host.stop('r')).not.toThrow();
  vi.advanceTimersByTime(0);
  expect(children[1].got).toEqual([load('/a.gguf')]);
  host.generate(request);
  expect(children[1].got.at(-1)).toEqual({ type: 'generate', request });
});

test('three crashes while loading: down, requests are refused, until a model is asked for', () => {
  const { host, children, statuses, crash } = setUp();
  host.loadModel('/bad.gguf');
  for (let crashes = 0; crashes < 3; crashes++) {
    children.at(-1)?.model('loading');
    crash();
    vi.advanceTimersByTime(10_000);
  }
  expect(children).toHaveLength(3);
  expect(statuses.at(-1)).toEqual({ state: 'down', exit: { code: expect.any(Number), duringLoad: true } });
  expect(() => host.generate(request)).toThrow(expect.objectContaining({ code: 'ENGINE_CRASHED' }));
  host.loadModel('/good.gguf');
  expect(statuses.at(-1)).toEqual({ state: 'running' });
  expect(children[3].got).toEqual([load('/good.gguf')]);
  crash();
  vi.advanceTimersByTime(0);
  expect(children).toHaveLength(5);
});

test('an asked quit is no crash', async () => {
  const { host, children, statuses, crash } = setUp();
  const quit = host.quit();
  expect(children[0].got).toEqual([{ type: 'quit' }]);
  crash();
  await quit;
  vi.advanceTimersByTime(60_000);
  expect(children).toHaveLength(1);
  expect(children[0].killed).toBe(false);
  expect(statuses).toEqual([]);
});

test('an engine that does not quit is killed, within four seconds', async () => {
  const { host, children } = setUp();
  let quit = false;
  void host.quit().then(() => {
    quit = true;
  });
  await vi.advanceTimersByTimeAsync(2900);
  expect(children[0].killed).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(children[0].killed).toBe(true);
  await vi.advanceTimersByTimeAsync(900);
  expect(quit).toBe(true);
});

test('nothing is forked after a quit', async () => {
  const { host, children, crash } = setUp();
  children[0].model('none');
  crash();
  await host.quit();
  host.loadModel('/a.gguf');
  vi.advanceTimersByTime(60_000);
  expect(children).toHaveLength(1);
});

test('a model that is loaded is told of, with where it lies', () => {
  const { children, loaded } = setUp();
  children[0].model('loading');
  children[0].emit('message', { type: 'model', state: 'ready', loaded: { path: '/a.gguf', hash: 'h' } });
  expect(loaded).toEqual(['/a.gguf']);
});

test('what models would take is answered to whoever asked, and by nobody once the process is gone', async () => {
  const { host, children, crash } = setUp();
  const use = { contextTokens: 100, compression: { preset: 'off' as const }, precision: 'default' as const };
  const [first, second] = [1, 2].map(() => host.forecastModels({ outlines: [], use }));
  const ids = children[0].got.flatMap((command) => (command.type === 'forecastModels' ? [command.question.id] : []));
  const answer = { forecasts: [], freeBytes: 1, totalBytes: 2 };
  children[0].emit('message', { type: 'modelForecasts', id: ids[1], ...answer });
  expect(await second).toMatchObject(answer);
  crash();
  expect(await first).toBeNull();
  expect(await host.forecastModels({ outlines: [], use })).toBeNull();
});

test('whether idle time is spent is told at once, to the next process too, and once', () => {
  const { host, children, crash } = setUp();
  for (const mode of ['idle', 'idle', 'always'] as const) host.setTidying(mode);
  crash();
  vi.advanceTimersByTime(60_000);
  host.composing();
  expect(children.map(({ got }) => got)).toEqual([
    [
      { type: 'tidy', mode: 'idle' },
      { type: 'tidy', mode: 'always' },
    ],
    [{ type: 'tidy', mode: 'always' }, { type: 'composing' }],
  ]);
});
