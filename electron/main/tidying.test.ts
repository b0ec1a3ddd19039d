import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AppSettings } from '../ipc/app-settings.js';
import { TidyingByPower } from './tidying.js';

let told: string[];
let tidying: AppSettings['tidying'];
let onBattery: boolean;

class Supply extends EventEmitter {
  isOnBatteryPower = () => onBattery;
}

beforeEach(() => {
  told = [];
  tidying = 'idle';
  onBattery = false;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start() {
  const power = new Supply();
  const byPower = new TidyingByPower({
    power,
    settings: () => ({ tidying }),
    engine: { setTidying: (mode) => told.push(mode) },
  });
  byPower.start();
  return { power, byPower };
}

test('on battery idle time is not spent, from when the plug is pulled until it is back', () => {
  const { power } = start();
  onBattery = true;
  power.emit('on-battery');
  onBattery = false;
  power.emit('on-ac');
  expect(told).toEqual(['idle', 'off', 'idle']);
});

test('where the system does not say, it is asked every minute', () => {
  start();
  onBattery = true;
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual(['idle', 'off']);
});

test('who wants it always or never gets it so', () => {
  onBattery = true;
  const { byPower } = start();
  for (const mode of ['always', 'off'] as const) {
    tidying = mode;
    byPower.tell();
  }
  expect(told).toEqual(['off', 'always', 'off']);
});
