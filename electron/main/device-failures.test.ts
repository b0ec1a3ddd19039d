import { expect, test } from 'vitest';
import { DeviceFailures } from './device-failures.js';

test('a device is given up after two failures on it in ten minutes, until they are forgotten', () => {
  const failures = new DeviceFailures();
  failures.note(0);
  failures.note(0);
  expect(failures.areTooMany).toBe(false);
  failures.onDevice = true;
  expect(failures.areTooMany).toBe(false);
  failures.note(0);
  expect(failures.areTooMany).toBe(false);
  failures.note(600_001);
  expect(failures.areTooMany).toBe(false);
  failures.note(700_000);
  expect(failures.areTooMany).toBe(true);
  failures.forget();
  expect(failures.areTooMany).toBe(false);
});
