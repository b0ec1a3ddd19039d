import { EngineError } from '../errors.js';
import type { CompressionConfig } from '../kv/compression-config.js';
import type { PyramidCacheConfig, PyramidInferConfig } from '../kv/policies/pyramid-infer.js';
import { presetConfig } from '../kv/presets.js';
import type { ScoreSpec } from '../kv/selection.js';
import type { Point, SearchSpace } from './calibration-search.js';
import { plannedFraction } from './planned-fraction.js';

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
/** Of all tokens, what a thinned layer keeps. */
const THIN_SHARES = [0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
/** Of all tokens, what a layer keeps whose K/V are tried to be missed. */
const SENSITIVITY_SHARE = 0.35;
const RECENT_SHARES = [0.15, 0.25, 0.35, 0.5, 0.65, 0.8];
const RECENT_ROWS = [8, 16, 32, 64, 128];
const SPREAD_ROWS = [0, 64, 128, 256, 512];
const POOL_ROWS = [1, 3, 7, 11, 15];
const PER_HEAD = [0, 1];
const FIRST_SHARES = [1, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5];
/** Layers between a step and the one before it, as a share of the model's depth. */
const STEP_DISTANCE = 0.1;

/**
 * Pyramids of one late step (depth × share × window), of which some layers may hold less than comes to them, and which
 * may begin with two gentler steps.
 * @param order layers, those first whose K/V are missed least
 */
export function pyramidSpace(numLayers: number, order: readonly number[]): CompressionSpace {
  const distance = Math.max(1, Math.round(STEP_DISTANCE * numLayers));
  const thinned = layerCounts(numLayers);
  const coordinates = [stepDepths(numLayers), STEP_SHARES, WINDOWS, thinned, THIN_SHARES, FIRST_SHARES, FIRST_SHARES];
  const start = [startDepth(numLayers), 0.2, 0.2, 0, THIN_SHARES[0], 1, 1];
  return compressionSpace(numLayers, 3, coordinates, start, (values) => {
    const [depth, share, recentRatio, thinnedLayers, thinShare, before, first] = values;
    const middle = Math.max(before, share);
    const planned: [number, number][] = [
      [depth - 2 * distance, Math.max(first, middle)],
      [depth - distance, middle],
      [depth, share],
    ];
    // A step that drops nothing is none, and would only cut the graph.
    const steps = planned.filter(([layer, value], i) => layer >= 0 && value < (planned[i - 1]?.[1] ?? 1));
    const shares = sharesOf(numLayers, order.slice(0, thinnedLayers), thinShare, 1);
    const cache = thinnedLayers === 0 ? undefined : { ...usualCache(numLayers).cache, share: shares };
    return { schedule: { type: 'step', steps }, recentRatio, ...(cache && { cache }) };
  });
}

/**
 * One late step, then a selection of K/V alone that leaves `share` of all tokens over the layers: some layers keep all
 * that comes to them, the others as much as that allows.
 * @param order layers, those first whose K/V are missed least
 */
export function cacheSpace(numLayers: number, share: number, order: readonly number[]): CompressionSpace {
  const usual = usualCache(numLayers);
  const whole = layerCounts(numLayers).filter((count) => count / numLayers < share);
  const lists = [RECENT_SHARES, WINDOWS, STEP_SHARES, RECENT_ROWS, SPREAD_ROWS, POOL_ROWS, PER_HEAD];
  const coordinates = [stepDepths(numLayers), whole, ...lists];
  const { recentRows, spreadRows, pool } = usual.scores;
  const usualScores = [recentRows ?? 0, spreadRows, pool.rows];
  const usualRest = [usual.cache.recentShare, 0.2, 0.2, ...usualScores, usual.cache.perHead ? 1 : 0];
  return compressionSpace(numLayers, 3, coordinates, [startDepth(numLayers), 0, ...usualRest], (values) => {
    const [depth, wholeLayers, recentShare, recentRatio, stepShare, recent, spread, poolRows, perHead] = values;
    const pool = { ...usual.scores.pool, rows: poolRows };
    const withShare = (level: number): Partial<PyramidInferConfig> => ({
      schedule: { type: 'step', steps: [[depth, stepShare]] },
      recentRatio,
      scores: { ...usual.scores, recentRows: recent, spreadRows: spread, pool },
      cache: {
        share: sharesOf(numLayers, order.slice(0, numLayers - wholeLayers), level, 1),
        recentShare,
        perHead: perHead === 1,
      },
    });
    return withShare(largestShare((level) => kept(numLayers, configOf(numLayers, withShare(level))) <= share));
  });
}

/** What a configuration costs is asked of each layer alone: the one that holds little of what comes to it. */
export function thinnedAlone(numLayers: number, layer: number): CompressionConfig {
  const { cache } = usualCache(numLayers);
  const share = sharesOf(numLayers, [layer], SENSITIVITY_SHARE, 1);
  return configOf(numLayers, { schedule: { type: 'step', steps: [] }, cache: { ...cache, share } });
}

/** [numLayers] */
function sharesOf(numLayers: number, thinned: readonly number[], share: number, others: number): number[] {
  return Array.from({ length: numLayers }, (_, layer) => (thinned.includes(layer) ? share : others));
}

/** In thousandths, because a profile is to be read by people. */
function largestShare(fits: (share: number) => boolean): number {
  let [fitting, tooMuch] = [10, 1001];
  while (tooMuch - fitting > 1) {
    const middle = Math.floor((fitting + tooMuch) / 2);
    if (fits(middle / 1000)) fitting = middle;
    else tooMuch = middle;
  }
  return fitting / 1000;
}

/** Scores and cache of the preset `compact` of a model without a profile. */
function usualCache(numLayers: number): { cache: PyramidCacheConfig; scores: ScoreSpec } {
  const { policy } = presetConfig('compact', { hash: '', numLayers });
  if (policy.name === 'pyramidInfer' && policy.cache && policy.scores)
    return { cache: policy.cache, scores: policy.scores };
  throw new EngineError('INTERNAL', 'The preset compact selects no K/V.');
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
  return plannedFraction(policy, numLayers, COUNTED_TOKENS);
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

/** None to all, by a tenth of the model's depth. */
function layerCounts(numLayers: number): number[] {
  const stride = Math.max(1, Math.round(numLayers / 10));
  const counts: number[] = [];
  for (let count = 0; count <= numLayers; count += stride) counts.push(count);
  return counts;
}

function startDepth(numLayers: number): number {
  return Math.min(Math.floor(0.8 * numLayers), Math.max(0, numLayers - 2));
}
