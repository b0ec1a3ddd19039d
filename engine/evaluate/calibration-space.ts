import { EngineError } from '../errors.js';
import { type CompressionConfig, createPolicy } from '../kv/compression-config.js';
import type { PyramidInferConfig } from '../kv/policies/pyramid-infer.js';
import { presetConfig } from '../kv/presets.js';
import type { Point, SearchSpace } from './calibration-search.js';

/** A search space whose points are compressions of one model. */
export interface CompressionSpace extends SearchSpace {
  readonly start: Point;
  config(point: Point): CompressionConfig;
}

/** Length of text at which shares are counted: a short one, because sinks and rounding weigh most there. */
const COUNTED_TOKENS = 512;
/** Steps of depth in a model, at most: as many as 30 layers have. */
const DEPTHS = 30;
const STEP_SHARES = [0.5, 0.3, 0.2, 0.1, 0.05, 0];
const WINDOWS = [0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.07, 0.05];
const FIRST_SHARES = [1, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5];
/** Layers between a step and the one before it, as a share of the model's depth. */
const STEP_DISTANCE = 0.1;

/** Pyramids of one late step (depth × share × window), which may begin with two gentler ones. */
export function pyramidSpace(numLayers: number): CompressionSpace {
  const depths = stepDepths(numLayers);
  const distance = Math.max(1, Math.round(STEP_DISTANCE * numLayers));
  const coordinates = [depths, STEP_SHARES, WINDOWS, FIRST_SHARES, FIRST_SHARES];
  return compressionSpace(numLayers, 3, coordinates, [startDepth(numLayers), 0, 0.2, 1, 1], (values) => {
    const [depth, share, recentRatio, before, first] = values;
    const middle = Math.max(before, share);
    const planned: [number, number][] = [
      [depth - 2 * distance, Math.max(first, middle)],
      [depth - distance, middle],
      [depth, share],
    ];
    // A step that drops nothing is none, and would only cut the graph.
    const steps = planned.filter(([layer, value], i) => layer >= 0 && value < (planned[i - 1]?.[1] ?? 1));
    return { schedule: { type: 'step', steps }, recentRatio };
  });
}

const TILTS = [-0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8];
const RECENT_SHARES = [0.15, 0.25, 0.35, 0.5, 0.65];
const RECENT_ROWS = [8, 16, 32, 64, 128];
const SPREAD_ROWS = [0, 64, 128, 256, 512];
const POOL_ROWS = [1, 3, 7, 11, 15];
const PER_HEAD = [0, 1];

/** One late step, then a selection of K/V alone that leaves `share` of all tokens over the layers. */
export function cacheSpace(numLayers: number, share: number): CompressionSpace {
  const depths = stepDepths(numLayers);
  const coordinates = [depths, TILTS, RECENT_SHARES, WINDOWS, RECENT_ROWS, SPREAD_ROWS, POOL_ROWS, PER_HEAD];
  const { cache, scores: usual } = usualCompact(numLayers);
  const cacheStart = [usual.recentRows ?? 0, usual.spreadRows, usual.pool.rows, cache.perHead ? 1 : 0];
  const start = [startDepth(numLayers), 0, cache.recentShare, 0.2, ...cacheStart];
  return compressionSpace(numLayers, 3, coordinates, start, (values) => {
    const [depth, tilt, recentShare, recentRatio, recentRows, spreadRows, poolRows, perHead] = values;
    const withShares = (shares: number[]): Partial<PyramidInferConfig> => ({
      schedule: { type: 'step', steps: [[depth, 0]] },
      recentRatio,
      scores: { ...usual, recentRows, spreadRows, pool: { ...usual.pool, rows: poolRows } },
      cache: { share: shares, recentShare, perHead: perHead === 1 },
    });
    const keptUnder = (shares: number[]) => kept(numLayers, configOf(numLayers, withShares(shares)));
    return withShares(fittingShares(numLayers, tilt, share, keptUnder));
  });
}

/** How the preset `compact` of a model without a profile selects K/V alone. */
function usualCompact(numLayers: number): Required<Pick<PyramidInferConfig, 'cache' | 'scores'>> {
  const { policy } = presetConfig('compact', { hash: '', numLayers });
  if (policy.name === 'pyramidInfer' && policy.cache && policy.scores) {
    return { cache: policy.cache, scores: policy.scores };
  }
  throw new EngineError('INTERNAL', 'The preset compact selects no K/V.');
}

/**
 * Shares that rise with depth by `tilt`, as large as they can be for all layers together to keep `total`: a layer that
 * the pyramid leaves less than its share gives the rest to the others.
 */
function fittingShares(
  numLayers: number,
  tilt: number,
  total: number,
  keptUnder: (shares: number[]) => number,
): number[] {
  const sharesAt = (level: number) =>
    Array.from({ length: numLayers }, (_, layer) => {
      const depth = numLayers > 1 ? (2 * layer) / (numLayers - 1) - 1 : 0;
      // Three decimals, rounded down: a profile is to be read by people, and the total is a limit.
      return Math.min(1, Math.max(0.01, Math.floor(1000 * level * (1 + tilt * depth)) / 1000));
    });
  let [fits, tooMuch] = [0, 4];
  for (let i = 0; i < 20; i++) {
    const middle = (fits + tooMuch) / 2;
    if (keptUnder(sharesAt(middle)) <= total) fits = middle;
    else tooMuch = middle;
  }
  return sharesAt(fits);
}

function compressionSpace(
  numLayers: number,
  leading: number,
  coordinates: readonly (readonly number[])[],
  start: readonly number[],
  pyramid: (values: number[]) => Partial<PyramidInferConfig>,
): CompressionSpace {
  const config = (point: Point) =>
    configOf(numLayers, pyramid(point.map((index, coordinate) => coordinates[coordinate][index])));
  return {
    coordinates,
    leading,
    start: start.map((value, coordinate) => Math.max(0, coordinates[coordinate].indexOf(value))),
    config,
    keptFraction: (point) => kept(numLayers, config(point)),
  };
}

/** Everything that is not searched is as in the preset `faithful` of a model without a profile. */
function configOf(numLayers: number, pyramid: Partial<PyramidInferConfig>): CompressionConfig {
  const { kvType, policy } = presetConfig('faithful', { hash: '', numLayers });
  return { kvType, policy: { ...(policy as PyramidInferConfig), ...pyramid, name: 'pyramidInfer' } };
}

function kept(numLayers: number, { policy }: CompressionConfig): number {
  const made = createPolicy(policy, numLayers);
  const total = Array.from({ length: numLayers }, (_, layer) => made.cachedCount(layer, COUNTED_TOKENS));
  return total.reduce((sum, count) => sum + count, 0) / (numLayers * COUNTED_TOKENS);
}

/** Layers behind which a step may stand, the deepest first: nine tenths of the depth to half of it. */
function stepDepths(numLayers: number): number[] {
  const stride = Math.max(1, Math.round(numLayers / DEPTHS));
  const depths: number[] = [];
  const start = startDepth(numLayers);
  // From the start in both directions, so that the start is one of them.
  const deepest = Math.min(numLayers - 2, Math.floor(0.9 * numLayers));
  for (let depth = start + stride * Math.floor((deepest - start) / stride); depth >= numLayers / 2; depth -= stride) {
    depths.push(depth);
  }
  return depths.length > 0 ? depths : [start];
}

function startDepth(numLayers: number): number {
  return Math.min(Math.floor(0.8 * numLayers), Math.max(0, numLayers - 2));
}
