import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { IdleTime } from './idle-time.js';

const never = new AbortController().signal;

/** Runs until it is stopped, and throws then as work in the background does. */
const untilStopped = (stop: AbortSignal) =>
  new Promise<never>((_, reject) => stop.addEventListener('abort', () => reject(stop.reason)));

test('what runs in the background lets go before a request goes on, and is begun anew after it', async () => {
  const idle = new IdleTime(20);
  const events: string[] = [];
  let starts = 0;
  const work = idle.run(async (stop) => {
    events.push('work begins');
    if (++starts > 1) return 'done';
    await untilStopped(stop).catch(async (reason) => {
      await pause(10);
      events.push('work let go');
      throw reason;
    });
    return 'never';
  }, never);
  await pause(5);
  await idle.begin();
  events.push('request runs');
  await pause(30);
  idle.end();
  events.push('request ends');
  expect(await work).toBe('done');
  expect(events).toEqual(['work begins', 'work let go', 'request runs', 'request ends', 'work begins']);
});

test('nothing is begun between requests that follow each other, nor while one of two still runs', async () => {
  const idle = new IdleTime(40);
  let began = 0;
  await idle.begin();
  const work = idle.run(async () => ++began, never);
  await idle.begin();
  idle.end();
  await pause(60);
  expect(began).toBe(0);
  idle.end();
  await pause(10);
  await idle.begin();
  expect(began).toBe(0);
  idle.end();
  expect(await work).toBe(1);
});

test('a failure of the work itself is thrown, and so is the reason of its own signal, at any time', async () => {
  const idle = new IdleTime(0);
  await expect(idle.run(() => Promise.reject(new Error('no memory')), never)).rejects.toThrow('no memory');
  const own = new AbortController();
  const running = idle.run(untilStopped, own.signal);
  own.abort(new Error('stopped'));
  await expect(running).rejects.toThrow('stopped');
  await idle.begin();
  const later = new AbortController();
  const waiting = idle.run(() => Promise.resolve(1), later.signal);
  later.abort(new Error('not any more'));
  await expect(waiting).rejects.toThrow('not any more');
});
