import { expect, test } from 'vitest';
import type { AppInfo } from '../../../electron/ipc/contract.js';
import { kvOf } from '../fixtures/kv.js';
import { READY } from '../fixtures/ready-model.js';
import { contextWarning, moreBytes, nextContextLength, roomBytes } from './context-cost.js';

const cost = (kvBytes: number | null) => ({ contextLength: 8192, kvBytes, fullFp16Bytes: 188.7e6 });

test('a context that fits needs no words', () => {
  expect(contextWarning(cost(80e6), 100e6)).toBeNull();
  expect(contextWarning(cost(80e6), null)).toBeNull();
});

test('one that does not fit is told before it is chosen', () => {
  expect(contextWarning(cost(120e6), 100e6)).toContain('Does not fit: 100.0 MB are free');
  expect(contextWarning(cost(null), 100e6)).toContain('budget is too small');
});

test('what the chat holds already counts as room', () => {
  const appInfo = { freeMemoryBytes: 1000 } as AppInfo;
  const model = READY;
  expect(roomBytes({ appInfo, kv: null, model })).toBe(1000);
  expect(roomBytes({ appInfo, kv: kvOf(1), model })).toBe(1800);
  expect(roomBytes({ appInfo: null, kv: null, model })).toBeNull();
});

test('on a graphics processor its memory counts, but for the weights', () => {
  const appInfo = { freeMemoryBytes: 1000 } as AppInfo;
  const device = { name: '', kind: 'other', backend: 'Metal', driver: '', memoryBytes: 900 } as const;
  const on = (memoryBytes: number | null) => {
    const runtime = { ...READY.runtime, device: { ...device, memoryBytes } };
    return roomBytes({ appInfo, kv: kvOf(1), model: { ...READY, runtime, deviceBytes: 300 } });
  };
  expect(on(900)).toBe(600);
  expect(on(null)).toBeNull();
});

test('the next longer context is offered with what it costs, unless it does not fit', () => {
  const appInfo = { freeMemoryBytes: 1000 } as AppInfo;
  const costs = [100, 200, 400].map((contextLength) => ({
    contextLength,
    kvBytes: contextLength * 4,
    fullFp16Bytes: contextLength * 8,
  }));
  const state = { model: READY, contextCosts: costs, appInfo, kv: null };
  expect(nextContextLength(state)).toBe(200);
  expect(moreBytes(state, 200)).toBe(400);
  expect(nextContextLength({ ...state, appInfo: { freeMemoryBytes: 799 } as AppInfo })).toBeNull();
  expect(nextContextLength({ ...state, contextCosts: costs.slice(0, 1) })).toBeNull();
  expect(nextContextLength({ ...state, contextCosts: [] })).toBeNull();
});
