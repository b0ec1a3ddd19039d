import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { throttled } from './throttle.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first call runs at once, those after it at most once in a while, and the last one is never lost', () => {
  const task = vi.fn();
  const run = throttled(task, 250);
  for (let call = 0; call < 99; call++) {
    run();
    vi.advanceTimersByTime(10);
  }
  expect(task).toHaveBeenCalledTimes(4);
  vi.advanceTimersByTime(1000);
  expect(task).toHaveBeenCalledTimes(5);
  run();
  expect(task).toHaveBeenCalledTimes(6);
});
