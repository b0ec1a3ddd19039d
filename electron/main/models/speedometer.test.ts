import { beforeEach, expect, test } from 'vitest';
import { Speedometer } from './speedometer.js';

let now: number;
let speed: Speedometer;
beforeEach(() => {
  now = 0;
  speed = new Speedometer(() => now);
});

function run(ms: number, bytesPerMs: number, from = 0): number {
  const end = now + ms;
  let bytes = from;
  for (; now < end; now += 10) {
    bytes += bytesPerMs * 10;
    speed.note(bytes);
  }
  return bytes;
}

test('it is too early to say at first', () => {
  expect(speed.bytesPerSecond).toBeNull();
  run(500, 1000);
  expect(speed.bytesPerSecond).toBeNull();
});

test('it is that of the last seconds', () => {
  const bytes = run(20_000, 1000);
  expect(speed.bytesPerSecond).toBeCloseTo(1e6, -4.5);
  run(6000, 200, bytes);
  expect(speed.bytesPerSecond).toBeCloseTo(2e5, -4);
});

test('when nothing comes it sinks, and a file that begins anew begins it anew', () => {
  run(3000, 1000);
  const before = speed.bytesPerSecond ?? 0;
  now += 3000;
  expect(speed.bytesPerSecond).toBeLessThan(before / 1.5);
  speed.note(10);
  expect(speed.bytesPerSecond).toBeNull();
});
