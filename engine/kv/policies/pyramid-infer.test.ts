import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missing, simulateTurns } from '../../testing/simulate-policy.js';
import { recentScores, type ScoreSpec } from '../selection.js';
import { type PyramidInferConfig, pyramidInfer } from './pyramid-infer.js';

const LAYERS = 10;
const GENERATION = { windowLength: 64, exceedLength: 16, compressRatio: 0.75, decayRatio: 0.8 };
const BASE: PyramidInferConfig = {
  schedule: { type: 'cosine', prefillDecayRatio: 0.8 },
  recentRatio: 0.2,
  distanceWeight: 1,
  sinkLength: 4,
  minContextLength: 0,
  layerInterval: 1,
  generation: GENERATION,
};

const config: fc.Arbitrary<PyramidInferConfig> = fc
  .record({
    type: fc.constantFrom('cosine' as const, 'linear' as const, 'step' as const),
    p: fc.double({ min: 0, max: 1, noNaN: true }),
    window: fc.oneof(
      fc.integer({ min: 1, max: 300 }).map((recentLength) => ({ recentLength })),
      fc.double({ min: 0, max: 0.9, noNaN: true }).map((recentRatio) => ({ recentRatio })),
    ),
    sinkLength: fc.nat(8),
    minContextLength: fc.nat(150),
    layerInterval: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ type, p, window, ...rest }) => {
    const { recentRatio: _, ...base } = BASE;
    const schedule: PyramidInferConfig['schedule'] =
      type === 'step'
        ? {
            type,
            steps: [
              [3, p],
              [6, p / 2],
            ],
          }
        : { type, prefillDecayRatio: p };
    return { ...base, ...rest, ...window, schedule };
  });

/** Share of the context that goes on behind each layer, written down from the paper: every one a product. */
function plannedShare({ schedule, layerInterval }: PyramidInferConfig, layer: number): number {
  // With an interval, a layer passes on what the last selecting layer at or before it left.
  const selecting = Math.floor((layer + 1) / layerInterval) * layerInterval - 1;
  if (selecting < 0) return 1;
  if (schedule.type === 'step') return schedule.steps.filter(([from]) => from <= selecting).pop()?.[1] ?? 1;
  const p = schedule.prefillDecayRatio;
  let share = 1;
  for (let l = 0; l <= selecting; l++) {
    share *=
      schedule.type === 'cosine'
        ? p + ((1 - p) * (Math.cos((Math.PI * l) / LAYERS) + 1)) / 2
        : 1 - ((1 - p) * l) / LAYERS;
  }
  return share;
}

const count = (made: PyramidInferConfig, seen: number) => {
  const policy = pyramidInfer(made, LAYERS);
  return Array.from({ length: LAYERS }, (_, layer) => policy.cachedCount(layer, seen));
};

describe('pyramidInfer', () => {
  it('lets so many rows of a prompt come to each layer as the schedule says', () => {
    fc.assert(
      fc.property(config, fc.integer({ min: 256, max: 1500 }), (made, length) => {
        const wanted = made.recentLength ?? Math.floor((made.recentRatio ?? 0) * length);
        const recent = Math.max(1, Math.min(wanted, length - 1));
        const context = length - recent;
        const least = Math.max(made.sinkLength, made.minContextLength);
        const [{ reached, held }] = simulateTurns(pyramidInfer(made, LAYERS), LAYERS, [length]);
        reached.forEach((rows, layer) => {
          const alive = layer === 0 ? context : Math.floor(context * plannedShare(made, layer - 1));
          expect(rows).toHaveLength(recent + Math.min(context, Math.max(least, alive)));
          // Layer l's cache holds every token that is alive in it.
          for (const places of held[layer]) expect(places).toEqual(rows);
        });
      }),
    );
  });

  it('is a pyramid: a deeper layer holds a part of what the one above it holds, turn after turn', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(config, lengths, (made, prompts) => {
        for (const { reached, held } of simulateTurns(pyramidInfer(made, LAYERS), LAYERS, prompts)) {
          for (let layer = 1; layer < LAYERS; layer++) {
            expect(missing(reached[layer - 1], reached[layer])).toEqual([]);
            expect(held[layer][0].length).toBeLessThanOrEqual(held[layer - 1][0].length);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('thins a new turn only where it leaves the window over all tokens seen', () => {
    const policy = pyramidInfer({ ...BASE, recentLength: undefined, recentRatio: 0.2 }, LAYERS);
    const [, question] = simulateTurns(policy, LAYERS, [1000, 30]);
    for (const rows of question.reached) expect(rows).toHaveLength(30);
  });

  it('evicts in a later turn what left the window since', () => {
    const step: PyramidInferConfig = { ...BASE, schedule: { type: 'step', steps: [[4, 0]] } };
    const [first, second] = simulateTurns(pyramidInfer(step, LAYERS), LAYERS, [1000, 100]);
    expect(first.held[9][0]).toEqual([0, 1, 2, 3, ...range(800, 1000)]);
    expect(second.held[9][0]).toEqual([0, 1, 2, 3, ...range(880, 1100)]);
    expect(second.held[4][0]).toEqual(range(0, 1100));
  });

  it('never thins the context below minContextLength, but does not stop above it', () => {
    const strong: PyramidInferConfig = {
      ...BASE,
      minContextLength: 120,
      schedule: { type: 'linear', prefillDecayRatio: 0 },
    };
    const counts = count(strong, 1000);
    expect(counts[9]).toBe(200 + 120);
    expect(counts[4]).toBeGreaterThan(200 + 120);
    expect(count({ ...strong, minContextLength: 5000 }, 1000)).toEqual(new Array(LAYERS).fill(1000));
  });

  it('with `cache`, a layer holds no more than its share, and rows go on as without it', () => {
    const scores: ScoreSpec = { ...recentScores(16), spreadRows: 8, pool: { by: 'max', rows: 3 } };
    const cache = { share: 0.3, recentShare: 1 / 3, perHead: true };
    const [plain] = simulateTurns(pyramidInfer(BASE, LAYERS), LAYERS, [900]);
    const [capped] = simulateTurns(pyramidInfer({ ...BASE, scores, cache }, LAYERS), LAYERS, [900]);
    expect(capped.reached).toEqual(plain.reached);
    for (const [places] of capped.held) {
      expect(places).toHaveLength(270);
      expect(missing(places, [0, 1, 2, 3, ...range(810, 900)])).toEqual([]);
    }
    const shares = Array.from({ length: LAYERS }, (_, layer) => 0.1 + layer / 20);
    const byLayer = count({ ...BASE, cache: { ...cache, share: shares } }, 900);
    expect(byLayer.slice(0, 3)).toEqual([90, 135, 180]);
  });

  it('scores with the last rows of the window, at most all of it', () => {
    const recentRows = (made: Partial<PyramidInferConfig>) =>
      pyramidInfer({ ...BASE, ...made }, LAYERS).thin(2, { promptStart: 0, tokensSeen: 300, isPinned: () => false })
        ?.scores.recentRows ?? 60;
    expect(recentRows({})).toBe(60);
    expect(recentRows({ scoreRows: 16 })).toBe(16);
    expect(recentRows({ scoreRows: 64 })).toBe(60);
  });

  it('keeps of a written block its share by the schedule, in deeper layers fewer', () => {
    const linear: PyramidInferConfig = { ...BASE, schedule: { type: 'linear', prefillDecayRatio: 0.5 } };
    const { generation } = pyramidInfer({ ...linear, generation: { ...GENERATION, decayRatio: 0 } }, LAYERS);
    const kept = Array.from({ length: LAYERS }, (_, layer) => generation?.keep(layer));
    // Shares of what comes to a layer: 1, 1, .9, .9·.8, …; of a block of 16 three quarters at most.
    expect(kept).toEqual([12, 12, 10, 8, 6, 3, 1, 1, 1, 1]);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
