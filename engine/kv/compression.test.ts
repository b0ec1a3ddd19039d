import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetCompression, type CacheBytes, leastBudget, mostBytes } from './compression.js';
import { createPolicy, type PolicyConfig } from './compression-config.js';
import { presetConfig } from './presets.js';

const bytesOf = (contextLength: number): CacheBytes => ({
  numLayers: 6,
  contextLength,
  bytesPerToken: 64,
  scaleBytes: 256,
});
const PRESETS: PolicyConfig[] = [
  { name: 'full' },
  ...(['faithful', 'balanced', 'compact'] as const).map(
    (name) => presetConfig(name, { hash: '', numLayers: 6 }).policy,
  ),
];
const contexts = fc.constantFrom(200, 512, 1024, 8192);

const leastBytes = (contextLength: number) => leastBudget(PRESETS, bytesOf(contextLength));

describe('budgetCompression', () => {
  it('accepts exactly the least that it names, and refuses a byte less', () => {
    fc.assert(
      fc.property(contexts, (context) => {
        const least = leastBytes(context);
        expect(() => budgetCompression(least, PRESETS, bytesOf(context))).not.toThrow();
        expect(() => budgetCompression(least - 1, PRESETS, bytesOf(context))).toThrow(
          expect.objectContaining({
            code: 'KV_BUDGET_TOO_SMALL',
            message: expect.stringContaining(`${(least / 1e6).toFixed(1)} MB`),
            details: { budgetBytes: least - 1, leastBytes: least },
          }),
        );
      }),
    );
  });

  it('chooses for each text a policy under which it fits, with room for one more token, and mostly for a window of them', () => {
    fc.assert(
      fc.property(
        contexts,
        fc.double({ min: 1, max: 20, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (context, times, part) => {
          const budget = Math.floor(leastBytes(context) * times);
          const tokens = 1 + Math.floor(part * (context - 1));
          const bytes = bytesOf(context);
          const policy = budgetCompression(budget, PRESETS, bytes).policyFor(tokens);
          expect(mostBytes(policy, bytes, tokens, tokens)).toBeLessThanOrEqual(budget);
          if (tokens === context) return;
          expect(mostBytes(policy, bytes, tokens, tokens) + bytes.numLayers * bytes.bytesPerToken).toBeLessThanOrEqual(
            budget,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('chooses the mildest that fits', () => {
    const bytes = bytesOf(8192);
    PRESETS.forEach((config) => {
      const own = createPolicy(config, bytes.numLayers);
      const compression = budgetCompression(mostBytes(own, bytes, 4096, 4096 + 64), PRESETS, bytes);
      const counts = (tokens: number) =>
        Array.from({ length: 6 }, (_, layer) => compression.policyFor(tokens).cachedCount(layer, tokens));
      expect(counts(4096)).toEqual(Array.from({ length: 6 }, (_, layer) => own.cachedCount(layer, 4096)));
      // A longer text needs a stronger one.
      const longer = counts(8000).reduce((a, b) => a + b, 0);
      expect(longer).toBeLessThan([...Array(6).keys()].reduce((sum, layer) => sum + own.cachedCount(layer, 8000), 0));
      expect(compression).toMatchObject({ kvType: 'int8', choice: { budgetBytes: compression.budgetBytes } });
    });
  });
});

describe('mostBytes', () => {
  it('counts blocks of an answer that were pruned, once they left the window', () => {
    const generation = { windowLength: 10, exceedLength: 4, compressRatio: 0.5, decayRatio: 1 };
    const policy = createPolicy(
      {
        name: 'pyramidInfer',
        schedule: { type: 'step', steps: [] },
        recentRatio: 0.2,
        distanceWeight: 1,
        sinkLength: 4,
        minContextLength: 0,
        layerInterval: 1,
        generation,
      },
      1,
    );
    const one = { numLayers: 1, contextLength: 1000, bytesPerToken: 1, scaleBytes: 0 };
    // Of 23 written tokens, 13 are beyond the window: three blocks, of which two of four stay.
    expect(mostBytes(policy, one, 300, 323)).toBe(300 + 23 - 3 * 2);
    expect(mostBytes(policy, one, 300, 313)).toBe(313);
    // Of a text below 256 tokens everything stays.
    expect(mostBytes(policy, one, 100, 123)).toBe(123);
  });
});
