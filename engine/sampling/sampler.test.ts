import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SamplingOptions } from '../types.js';
import { TokenHistory } from './penalties.js';
import { seededRandom } from './random.js';
import { Sampler } from './sampler.js';

const everything: SamplingOptions = {
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
};
const logit = fc.oneof(
  { weight: 5, arbitrary: fc.float({ min: -20, max: 20, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 1, 1, Number.NEGATIVE_INFINITY) },
);
const someLogits = fc
  .array(logit, { minLength: 1, maxLength: 40 })
  .filter((logits) => logits.some(Number.isFinite))
  .map((logits) => Float32Array.from(logits));
const options = fc.record({
  temperature: fc.double({ min: 0.05, max: 5, noNaN: true }),
  topK: fc.nat({ max: 45 }),
  topP: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  minP: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
});

function sample(logits: Float32Array, changes: Partial<SamplingOptions>, random = () => 0): number {
  const sampler = new Sampler({ ...everything, ...changes }, random, logits.length);
  return sampler.sample(logits, new TokenHistory(logits.length));
}

/** The filters as their papers write them, on a full sort. Ids by rank, with their probabilities. */
function filtered(logits: Float32Array, { temperature, topK, topP, minP }: Omit<SamplingOptions, 'seed'>) {
  const best = Math.max(...logits);
  const weighted = [...logits].map((value, id) => ({ id, weight: Math.exp((value - best) / temperature) }));
  weighted.sort((a, b) => logits[b.id] - logits[a.id] || a.id - b.id);
  const top = topK > 0 ? weighted.slice(0, topK) : weighted;
  const total = top.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  let kept = top.findIndex(({ weight }) => {
    sum += weight;
    return sum >= topP * total;
  });
  kept = topP === 1 || kept < 0 ? top.length : kept + 1;
  return top.slice(0, kept).filter(({ weight }) => weight >= minP && weight > 0);
}

test('temperature 0 is the best token, of equal ones the first', () => {
  expect(sample(Float32Array.of(1, 3, 2, 3), { temperature: 0 })).toBe(1);
  fc.assert(
    fc.property(someLogits, options, (logits, filters) => {
      expect(sample(logits, { ...filters, temperature: 0 })).toBe(logits.indexOf(Math.max(...logits)));
    }),
  );
});

test('draws from exactly the tokens that the filters keep, by their probabilities', () => {
  fc.assert(
    fc.property(
      someLogits,
      options,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (logits, filters, at) => {
        const kept = filtered(logits, { ...everything, ...filters });
        // Without a filter there is no ranking: the draw goes by id.
        const ranked = (filters.topK > 0 && filters.topK < logits.length) || filters.topP < 1 || filters.minP > 0;
        if (!ranked) kept.sort((a, b) => a.id - b.id);
        const total = kept.reduce((sum, { weight }) => sum + weight, 0);
        let below = 0;
        const possible = kept.filter(({ weight }) => {
          const from = below / total;
          below += weight;
          // Sums in another order end in other last digits.
          return at > from - 1e-9 && at < below / total + 1e-9;
        });
        expect(possible.map(({ id }) => id)).toContain(sample(logits, filters, () => at));
      },
    ),
    { numRuns: 2000 },
  );
});

test('top-p keeps the smallest set that reaches p', () => {
  const logits = Float32Array.from([0.5, 0.3, 0.15, 0.05], Math.log);
  const last = () => 0.999999;
  expect([0, 0.4, 0.51, 0.79, 0.81, 0.94, 0.96].map((topP) => sample(logits, { topP }, last))).toEqual([
    0, 0, 1, 1, 2, 2, 3,
  ]);
});

test('min-p keeps what is at least that share as likely as the best', () => {
  const logits = Float32Array.from([0.5, 0.3, 0.15, 0.05], Math.log);
  const last = () => 0.999999;
  expect([1, 0.61, 0.59, 0.31, 0.29, 0.11, 0.09].map((minP) => sample(logits, { minP }, last))).toEqual([
    0, 0, 1, 1, 2, 2, 3,
  ]);
});

test('same seed, same tokens; another seed, others', () => {
  const random = seededRandom(1);
  const logits = Float32Array.from({ length: 5000 }, () => random() * 8);
  const tokens = (seed: number) => {
    const sampler = new Sampler({ ...everything, topK: 200, topP: 0.9 }, seededRandom(seed), logits.length);
    const history = new TokenHistory(logits.length);
    return Array.from({ length: 50 }, () => sampler.sample(logits, history));
  };
  expect(tokens(5)).toEqual(tokens(5));
  expect(tokens(5)).not.toEqual(tokens(6));
});

describe.each([
  { name: 'all tokens', changes: {} },
  { name: 'top-k', changes: { topK: 8 } },
  { name: 'top-p', changes: { topP: 0.95 } },
])('$name', ({ changes }) => {
  test('are drawn as often as their probabilities say', () => {
    const logits = Float32Array.from([2, 1.5, 1, 0.5, 0, -0.5, -1, -1.5, -2, -2.5]);
    const kept = filtered(logits, { ...everything, temperature: 0.9, ...changes });
    const total = kept.reduce((sum, { weight }) => sum + weight, 0);
    const sampler = new Sampler({ ...everything, temperature: 0.9, ...changes }, seededRandom(2026), logits.length);
    const history = new TokenHistory(logits.length);
    const counts = new Map<number, number>();
    const draws = 50_000;
    for (let draw = 0; draw < draws; draw++) {
      const id = sampler.sample(logits, history);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect(counts.size).toBe(kept.length);
    const chiSquare = kept.reduce((sum, { id, weight }) => {
      const expected = (draws * weight) / total;
      return sum + ((counts.get(id) ?? 0) - expected) ** 2 / expected;
    }, 0);
    // At most 9 degrees of freedom: above 27.9 once in a thousand seeds.
    expect(chiSquare).toBeLessThan(27.9);
  });
});

test('penalties count before the choice, and the logits stay as they were', () => {
  const logits = Float32Array.of(3, 2.9, 0);
  const history = new TokenHistory(3);
  const sampler = new Sampler({ ...everything, temperature: 0, presencePenalty: 1 }, () => 0, 3);
  history.add(sampler.sample(logits, history));
  expect(sampler.sample(logits, history)).toBe(1);
  expect([...logits]).toEqual([...Float32Array.of(3, 2.9, 0)]);
});

describe('fails on logits that mean nothing', () => {
  test.each([
    ['one is not a number', [1, Number.NaN, 2]],
    ['the first is not a number', [Number.NaN, 1]],
    ['one is +∞', [1, Number.POSITIVE_INFINITY]],
    ['all are −∞', [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ])('%s', (_, logits) => {
    for (const settings of [{ temperature: 0 }, { temperature: 1 }, { temperature: 1, topK: 1 }]) {
      expect(() => sample(Float32Array.from(logits), settings)).toThrow(
        expect.objectContaining({ code: 'RUNTIME_FAILED' }),
      );
    }
  });
});
