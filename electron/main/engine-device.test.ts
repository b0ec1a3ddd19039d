import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { load, setUp } from './fixtures/driven-host.js';

const ON_DEVICE = { '/a.gguf': 'webgpu' } as const;
const [TRIED, GIVEN_UP] = [false, true].map((deviceFailed) =>
  load('/a.gguf', 'default', { device: 'webgpu', deviceFailed }),
);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a device that was lost is opened anew by another process, which is no crash; lost again, it is given up', async () => {
  const { host, children, statuses, logged, end } = setUp(ON_DEVICE);
  host.loadModel('/a.gguf');
  expect(children[0].got).toEqual([TRIED]);
  const lose = async () => {
    children.at(-1)?.emit('message', { type: 'deviceLost' });
    // What is told twice of one process counts once.
    children.at(-1)?.emit('message', { type: 'deviceLost' });
    end();
    await vi.advanceTimersByTimeAsync(0);
  };
  await lose();
  expect(children[0].got.at(-1)).toEqual({ type: 'quit' });
  expect(children[1].got).toEqual([TRIED]);
  await lose();
  expect(children[2].got).toEqual([GIVEN_UP]);
  expect(statuses).toEqual([]);
  expect(logged).toHaveLength(2);
  host.loadModel('/a.gguf');
  expect(children[2].got.at(-1)).toEqual(TRIED);
});

test('a device that takes the process with it is given up as well, before the engine is', () => {
  const { host, children, statuses, crash } = setUp(ON_DEVICE);
  host.loadModel('/a.gguf');
  for (let crashes = 0; crashes < 2; crashes++) {
    children.at(-1)?.model('loading');
    crash();
    vi.advanceTimersByTime(1000);
  }
  expect(children.map(({ got }) => got[0])).toEqual([TRIED, TRIED, GIVEN_UP]);
  expect(statuses.at(-1)).toEqual({ state: 'running' });
});

test('crashes on the processor say nothing of a device', () => {
  const { host, children, crash } = setUp({ '/a.gguf': 'auto' });
  const loaded = { path: '/a.gguf', hash: 'h' };
  host.loadModel('/a.gguf');
  for (let crashes = 0; crashes < 3; crashes++) {
    children.at(-1)?.emit('message', { type: 'model', state: 'ready', loaded, onDevice: false });
    crash();
    vi.advanceTimersByTime(5000);
  }
  expect(children.map(({ got }) => got[0])).toEqual(
    Array(4).fill(load('/a.gguf', 'default', { device: 'auto', deviceFailed: false })),
  );
});
