import { expect, test } from 'vitest';
import { DEFAULT_SAMPLING, resolveSampling } from '../../engine/sampling/sampling-options.js';
import { SAMPLING_DEFAULTS, SAMPLING_LIMITS } from '../ipc/chat-limits.js';

test('what the window shows as usual is what the engine takes', () => {
  expect({ ...SAMPLING_DEFAULTS, temperature: 0 }).toEqual({ ...DEFAULT_SAMPLING, temperature: 0 });
});

test('the engine takes all that a chat may be given', () => {
  for (const [name, { min, max }] of Object.entries(SAMPLING_LIMITS)) {
    for (const value of [min, max]) expect(resolveSampling({ [name]: value })).toMatchObject({ [name]: value });
  }
});
