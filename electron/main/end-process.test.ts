import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { endProcess } from './end-process.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Stands where Electron's UtilityProcess is. */
class Child extends EventEmitter {
  readonly got: string[] = [];

  constructor(readonly pid: number | undefined) {
    super();
  }

  postMessage({ type }: { type: string }): void {
    this.got.push(type);
  }

  kill(): boolean {
    this.got.push('kill');
    return true;
  }
}

test('one that ends when asked is not told', async () => {
  const child = new Child(undefined);
  const onTerminate = vi.fn();
  const ended = endProcess(child, onTerminate);
  child.emit('exit', 0);
  await ended;
  expect(child.got).toEqual(['quit']);
  expect(onTerminate).not.toHaveBeenCalled();
});

test('one that is gone before anybody heard of it is no failure', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const child = new Child(pid);
  const onTerminate = vi.fn();
  const ended = endProcess(child, onTerminate);
  await vi.advanceTimersByTimeAsync(4000);
  await ended;
  expect(child.got).toEqual(['quit', 'kill']);
  expect(onTerminate).toHaveBeenCalledOnce();
});
