import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Crash,
  decideRestart,
  MAX_LOAD_CRASHES_IN_A_ROW,
  MAX_RECENT_CRASHES,
  RECENT_MS,
} from './restart-policy.js';

const crash = (atMs: number, duringLoad: boolean): Crash => ({ atMs, duringLoad });

test('the first crash restarts at once', () => {
  expect(decideRestart([crash(1000, false)])).toEqual({ restart: true, delayMs: 0 });
  expect(decideRestart([crash(1000, true)])).toEqual({ restart: true, delayMs: 0 });
});

test('each further crash within a minute waits longer', () => {
  const crashes = [0, 1000, 2000, 3000, 4000].map((atMs) => crash(atMs, false));
  const delays = crashes.map((_, last) => decideRestart(crashes.slice(0, last + 1)));
  expect(delays).toEqual([0, 250, 1000, 4000, 4000].map((delayMs) => ({ restart: true, delayMs })));
});

test('three crashes in a row while loading end it', () => {
  expect(decideRestart([crash(0, true), crash(10, true)]).restart).toBe(true);
  expect(decideRestart([crash(0, true), crash(10, true), crash(20, true)])).toEqual({ restart: false });
  expect(decideRestart([crash(0, true), crash(10, false), crash(20, true)]).restart).toBe(true);
});

test('crashes while loading end it also when loading takes longer than a minute', () => {
  const crashes = [0, 2, 4].map((times) => crash(times * RECENT_MS, true));
  expect(decideRestart(crashes)).toEqual({ restart: false });
});

test('crashes after loading end it only when there are many within a minute', () => {
  const quick = Array.from({ length: MAX_RECENT_CRASHES }, (_, index) => crash(index * 1000, false));
  expect(decideRestart(quick)).toEqual({ restart: false });
  const slow = Array.from({ length: 50 }, (_, index) => crash(index * RECENT_MS, false));
  expect(decideRestart(slow)).toEqual({ restart: true, delayMs: 0 });
});

test('an engine that only ever crashes is given up, whatever the pace and the place', () => {
  const steps = fc.array(fc.record({ waitMs: fc.integer({ min: 0, max: 9000 }), duringLoad: fc.boolean() }), {
    minLength: MAX_RECENT_CRASHES,
    maxLength: 40,
  });
  fc.assert(
    fc.property(steps, (waits) => {
      let atMs = 0;
      const crashes: Crash[] = [];
      for (const { waitMs, duringLoad } of waits) {
        atMs += waitMs;
        crashes.push(crash(atMs, duringLoad));
        if (!decideRestart(crashes).restart) return crashes.length >= MAX_LOAD_CRASHES_IN_A_ROW;
      }
      return false;
    }),
  );
});
