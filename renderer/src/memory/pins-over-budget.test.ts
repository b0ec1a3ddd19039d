import { expect, test } from 'vitest';
import { kvOf, layerOf } from '../fixtures/kv.js';
import { pinsOverBudget } from './pins-over-budget.js';

const layers = [layerOf({ pinned: 30, context: 10 }, { bytes: 400 }), layerOf({ pinned: 30 }, { bytes: 300 })];

test('pins alone that are more than the budget are told, with what they take', () => {
  const under = (budgetBytes: number) => pinsOverBudget({ ...kvOf(40), layers, compression: { budgetBytes } });
  expect(under(599)).toEqual({ pinnedBytes: 600, budgetBytes: 599 });
  expect(under(600)).toBeNull();
});

test('without a budget, or with nothing in memory, there is nothing to tell', () => {
  expect(pinsOverBudget({ ...kvOf(40), layers })).toBeNull();
  expect(pinsOverBudget({ ...kvOf(0), layers: [layerOf({})], compression: { budgetBytes: 1 } })).toBeNull();
});
