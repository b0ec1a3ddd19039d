import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missing, SIMULATED_HEADS, simulateTurns } from '../testing/simulate-policy.js';
import { createPolicy, type PolicyConfig } from './compression-config.js';
import type { PyramidInferConfig } from './policies/pyramid-infer.js';
import { SHORTEST_THINNED } from './policy.js';

const LAYERS = 8;
const ratio = fc.double({ min: 0, max: 1, noNaN: true });
const share = fc.double({ min: 0.02, max: 1, noNaN: true });
const sinkLength = fc.nat(8);
const scoreRows = fc.integer({ min: 1, max: 64 });
const pool = fc.constantFrom(1, 3, 7);

const steps = fc
  .tuple(fc.uniqueArray(fc.nat(LAYERS - 1), { maxLength: 3 }), fc.array(ratio, { minLength: 3, maxLength: 3 }))
  .map(([layers, shares]) => {
    const falling = [...shares].sort((a, b) => b - a);
    return layers.sort((a, b) => a - b).map((layer, i) => [layer, falling[i]] as const);
  });

const schedule: fc.Arbitrary<PyramidInferConfig['schedule']> = fc.oneof(
  fc.record({ type: fc.constantFrom('cosine' as const, 'linear' as const), prefillDecayRatio: ratio }),
  steps.map((made) => ({ type: 'step' as const, steps: made })),
);

const recent: fc.Arbitrary<Pick<PyramidInferConfig, 'recentLength' | 'recentRatio'>> = fc.oneof(
  fc.record({ recentLength: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ recentRatio: ratio }),
);

const cache: fc.Arbitrary<PyramidInferConfig['cache']> = fc.option(
  fc.record({
    share: fc.oneof(share, fc.array(share, { minLength: LAYERS, maxLength: LAYERS })),
    recentShare: ratio,
    perHead: fc.boolean(),
  }),
  { nil: undefined },
);

const pyramid: fc.Arbitrary<{ name: 'pyramidInfer' } & PyramidInferConfig> = fc
  .tuple(
    recent,
    fc.record({
      name: fc.constant('pyramidInfer' as const),
      schedule,
      scoreRows: fc.option(scoreRows, { nil: undefined }),
      distanceWeight: fc.constantFrom(1, 1.5),
      sinkLength,
      minContextLength: fc.nat(200),
      layerInterval: fc.integer({ min: 1, max: 4 }),
      cache,
      scores: fc.option(
        fc.record({
          recentRows: scoreRows,
          distanceWeight: fc.constant(1),
          spreadRows: fc.nat(32),
          spreadFrom: fc.constantFrom('place' as const, 'end' as const),
          pool: fc.record({ by: fc.constantFrom('max' as const, 'mean' as const), rows: pool }),
        }),
        { nil: undefined },
      ),
      generation: fc.record({
        windowLength: scoreRows,
        exceedLength: fc.integer({ min: 1, max: 32 }),
        compressRatio: ratio,
        decayRatio: ratio,
      }),
    }),
  )
  .map(([window, rest]) => ({ ...rest, ...window }));

const others: fc.Arbitrary<PolicyConfig> = fc.oneof(
  fc.constant({ name: 'full' as const }),
  fc.record({ name: fc.constantFrom('streamingLlm' as const, 'h2o' as const), share, sinkLength }),
  fc.record({ name: fc.constant('snapKv' as const), share, sinkLength, scoreRows, pool }),
  fc.record({ name: fc.constant('pyramidKv' as const), share, sinkLength, scoreRows, pool, taper: ratio }),
);

const anyPolicy: fc.Arbitrary<PolicyConfig> = fc.oneof(others, pyramid);
/** Prompts of several turns. */
const prompts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 3 });
const pins = fc.uniqueArray(fc.nat(700), { maxLength: 12 });

/** Tokens that the rules protect at the end of a text, by the configuration alone. */
function windowOf(config: PolicyConfig, seen: number): number {
  const budget = 'share' in config ? Math.max(config.sinkLength + 1, Math.floor(config.share * seen)) : seen;
  switch (config.name) {
    case 'full':
      return seen;
    case 'streamingLlm':
      return budget - config.sinkLength;
    case 'h2o':
      return Math.max(1, Math.min(Math.floor(budget / 2), budget - config.sinkLength));
    case 'snapKv':
      return Math.min(config.scoreRows, budget - config.sinkLength);
    case 'pyramidKv':
      return 1;
    case 'pyramidInfer':
      return config.cache
        ? 1
        : Math.max(1, Math.min(config.recentLength ?? Math.floor((config.recentRatio ?? 0) * seen), seen - 1));
  }
}

const total = (lengths: readonly number[]) => lengths.reduce((sum, length) => sum + length, 0);
const isAscending = (places: readonly number[]) => places.every((place, i) => i === 0 || place > places[i - 1]);

describe('every policy', () => {
  it('keeps ascending places, each once, and in each head equally many', () => {
    fc.assert(
      fc.property(anyPolicy, prompts, pins, (config, lengths, pinned) => {
        const isPinned = (position: number) => pinned.includes(position);
        for (const { reached, held } of simulateTurns(createPolicy(config, LAYERS), LAYERS, lengths, { isPinned })) {
          for (const heads of held) {
            expect(heads.every(isAscending)).toBe(true);
            expect(new Set(heads.map((places) => places.length)).size).toBe(1);
          }
          expect(reached.every(isAscending)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps sinks, pins and the recent window in every layer and head', () => {
    fc.assert(
      fc.property(anyPolicy, prompts, pins, (config, lengths, pinned) => {
        const isPinned = (position: number) => pinned.includes(position);
        const turns = simulateTurns(createPolicy(config, LAYERS), LAYERS, lengths, { isPinned });
        const sinks = 'sinkLength' in config ? config.sinkLength : 0;
        turns.forEach(({ held }, turn) => {
          const seen = total(lengths.slice(0, turn + 1));
          const windowStart = seen - windowOf(config, seen);
          const kept = Array.from({ length: seen }, (_, at) => at).filter(
            (at) => at < sinks || isPinned(at) || at >= windowStart,
          );
          for (const places of held.flat()) expect(missing(places, kept)).toEqual([]);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('never holds more than its count says, but for pins', () => {
    fc.assert(
      fc.property(anyPolicy, prompts, pins, (config, lengths, pinned) => {
        const policy = createPolicy(config, LAYERS);
        const isPinned = (position: number) => pinned.includes(position);
        simulateTurns(policy, LAYERS, lengths, { isPinned }).forEach(({ held }, turn) => {
          const seen = total(lengths.slice(0, turn + 1));
          held.forEach(([places], layer) => {
            expect(places.length).toBeLessThanOrEqual(policy.cachedCount(layer, seen) + pinned.length);
            if (pinned.length === 0) expect(places.length).toBeLessThanOrEqual(policy.cachedCount(layer, seen));
          });
        });
      }),
    );
  });

  it('holds exactly its count of a prompt read at once', () => {
    fc.assert(
      fc.property(anyPolicy, fc.integer({ min: 1, max: 1200 }), (config, length) => {
        const policy = createPolicy(config, LAYERS);
        const [{ held }] = simulateTurns(policy, LAYERS, [length]);
        held.forEach(([places], layer) => {
          expect(places).toHaveLength(policy.cachedCount(layer, length));
        });
      }),
    );
  });

  it('keeps the same whatever the scale of the scores', () => {
    fc.assert(
      fc.property(anyPolicy, prompts, fc.constantFrom(2 ** -20, 2 ** 20), (config, lengths, scale) => {
        const policy = createPolicy(config, LAYERS);
        expect(simulateTurns(policy, LAYERS, lengths, { scale })).toEqual(simulateTurns(policy, LAYERS, lengths));
      }),
      { numRuns: 40 },
    );
  });

  it('drops nothing of a text shorter than the shortest that is thinned', () => {
    fc.assert(
      fc.property(
        anyPolicy,
        fc.array(fc.integer({ min: 1, max: 85 }), { minLength: 1, maxLength: 3 }),
        (config, lengths) => {
          const turns = simulateTurns(createPolicy(config, LAYERS), LAYERS, lengths);
          expect(SHORTEST_THINNED).toBe(256);
          turns.forEach(({ held }, turn) => {
            for (const places of held.flat()) expect(places).toHaveLength(total(lengths.slice(0, turn + 1)));
          });
        },
      ),
    );
  });

  it('counts never fall as the text grows, once it is long enough to be thinned', () => {
    fc.assert(
      fc.property(anyPolicy, fc.integer({ min: SHORTEST_THINNED, max: 4000 }), fc.nat(500), (config, seen, more) => {
        const policy = createPolicy(config, LAYERS);
        for (let layer = 0; layer < LAYERS; layer++) {
          expect(policy.cachedCount(layer, seen + more)).toBeGreaterThanOrEqual(policy.cachedCount(layer, seen));
        }
      }),
    );
  });

  it('prunes what is written to at least one of a block, and at most all', () => {
    fc.assert(
      fc.property(anyPolicy, (config) => {
        const { generation } = createPolicy(config, LAYERS);
        if (!generation) return;
        for (let layer = 0; layer < LAYERS; layer++) {
          expect(generation.keep(layer)).toBeGreaterThanOrEqual(1);
          expect(generation.keep(layer)).toBeLessThanOrEqual(generation.exceedLength);
        }
      }),
    );
  });
});

describe('policies without a pyramid in the prompt', () => {
  it('compute every token in every layer', () => {
    fc.assert(
      fc.property(others, prompts, (config, lengths) => {
        simulateTurns(createPolicy(config, LAYERS), LAYERS, lengths).forEach(({ reached }, turn) => {
          for (const places of reached) expect(places).toHaveLength(lengths[turn]);
        });
      }),
    );
  });

  it('pyramidKv holds ever less with depth, and its budgets are the schedule’s', () => {
    const policy = createPolicy(
      { name: 'pyramidKv', share: 0.4, sinkLength: 4, scoreRows: 16, pool: 7, taper: 0.5 },
      5,
    );
    expect(Array.from({ length: 5 }, (_, layer) => policy.cachedCount(layer, 1000))).toEqual([600, 500, 400, 300, 200]);
  });

  it('snapKv’s heads keep rows of their own, h2o’s and streamingLlm’s the same', () => {
    const snap: PolicyConfig = { name: 'snapKv', share: 0.3, sinkLength: 4, scoreRows: 16, pool: 1 };
    const [{ held }] = simulateTurns(createPolicy(snap, LAYERS), LAYERS, [500]);
    expect(held[0]).toHaveLength(SIMULATED_HEADS);
    expect(held[0][0]).not.toEqual(held[0][1]);
    for (const name of ['h2o', 'streamingLlm'] as const) {
      const [turn] = simulateTurns(createPolicy({ name, share: 0.3, sinkLength: 4 }, LAYERS), LAYERS, [500]);
      for (const [first, second] of turn.held) expect(first).toEqual(second);
    }
  });
});
