import { afterAll, beforeAll, expect, it } from 'vitest';
import { budgetCompression, type CacheBytes } from '../kv/compression.js';
import type { PolicyConfig } from '../kv/compression-config.js';
import { presetConfig } from '../kv/presets.js';
import { randomTokens } from '../testing/follow-oracle.js';
import { type LoadedModel, readWhole } from '../testing/load-model.js';
import { heldPlaces, loadTinyModel } from '../testing/tiny-loaded.js';
import { ChatMemory } from './chat-memory.js';

const CONTEXT = 768;
const LAYERS = 4;
const ELEMENTS = 2 * 2 * 16;
const BYTES: CacheBytes = {
  numLayers: LAYERS,
  contextLength: CONTEXT,
  bytesPerToken: ELEMENTS,
  scaleBytes: 4 * ELEMENTS,
};
const PRESETS: PolicyConfig[] = [
  { name: 'full' },
  ...(['faithful', 'balanced', 'compact'] as const).map(
    (name) => presetConfig(name, { hash: '', numLayers: LAYERS }).policy,
  ),
];

let model: LoadedModel;
beforeAll(async () => {
  model = await loadTinyModel({ layers: LAYERS, contextLength: CONTEXT });
});
afterAll(() => model.release());

function leastBytes(): number {
  try {
    budgetCompression(1, PRESETS, BYTES);
  } catch (thrown) {
    return (thrown as { details: { leastBytes: number } }).details.leastBytes;
  }
  throw new Error('one byte was accepted');
}

const under = (budget: number) => ChatMemory.create(model.sessions, budgetCompression(budget, PRESETS, BYTES), CONTEXT);

function checkBudget(memory: ChatMemory, budget: number): void {
  const stats = memory.stats();
  expect(stats.bytesInUse).toBeLessThanOrEqual(budget);
  expect(stats.budgetBytes).toBe(budget);
  for (const heads of heldPlaces(memory)) expect(new Set(heads.map((places) => places.length)).size).toBe(1);
}

it.each([1, 1.05, 1.5, 2.5])(
  '%d times the least are never exceeded, in turns or answers, up to the end of the context',
  async (times) => {
    const budget = Math.ceil(leastBytes() * times);
    const memory = await under(budget);
    await readWhole(memory, randomTokens(200, 1));
    checkBudget(memory, budget);
    for (let seed = 2; memory.tokens.length < CONTEXT; seed++) {
      for (const token of randomTokens(Math.min(150, CONTEXT - memory.tokens.length), seed)) {
        await memory.append(token);
        checkBudget(memory, budget);
        // The newest tokens are what the answer goes on from.
        for (const places of heldPlaces(memory).flat())
          expect(places[places.length - 1]).toBe(memory.tokens.length - 1);
      }
      if (CONTEXT - memory.tokens.length < 60) continue;
      await readWhole(memory, [...memory.tokens, ...randomTokens(50, seed + 100)]);
      checkBudget(memory, budget);
    }
  },
  120_000,
);

it('while an answer grows, no more than the block that left the window or what is beyond the budget is dropped', async () => {
  const budget = Math.ceil(leastBytes() * 1.5);
  const memory = await under(budget);
  await readWhole(memory, randomTokens(400, 1));
  for (const token of randomTokens(250, 2)) {
    const before = heldPlaces(memory);
    const room = budget - memory.stats().bytesInUse;
    await memory.append(token);
    if (room < LAYERS * BYTES.bytesPerToken) continue;
    const end = memory.tokens.length;
    heldPlaces(memory).forEach((heads, layer) => {
      heads.forEach((places, head) => {
        const dropped = before[layer][head].filter((place) => !places.includes(place));
        expect(dropped.length).toBeLessThanOrEqual(15);
        for (const place of dropped) {
          expect(place).toBeGreaterThanOrEqual(400);
          expect(place).toBeLessThan(end - 64);
        }
      });
    });
  }
}, 60_000);

it('keeps everything where everything fits', async () => {
  const memory = await under(LAYERS * (CONTEXT * BYTES.bytesPerToken + BYTES.scaleBytes));
  await readWhole(memory, randomTokens(600, 1));
  for (const token of randomTokens(100, 2)) await memory.append(token);
  expect(memory.stats().keptFraction).toBe(1);
});
