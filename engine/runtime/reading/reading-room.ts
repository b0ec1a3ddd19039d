import { EngineError } from '../../errors.js';
import { type Compression, cacheBytes, inMegabytes, untidied } from '../../kv/compression.js';
import type { TokenSpan } from '../../kv/token-span.js';
import type { ModelConfig } from '../../model/model-config.js';
import { longestChunk } from './prefill.js';

/** A prompt that is about to be read. */
export interface ReadingPlan {
  /** Of the whole prompt. */
  tokens: number;
  /** Of these, those that are not cached. */
  fresh: number;
  /** K and V in use now. */
  heldBytes: number;
  pinned: readonly TokenSpan[];
  /** K and V are in a device's memory. */
  onDevice?: boolean;
}

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** What reading takes beyond what is held: the cache as it grows, one layer's K and V in float32, and rows on their way. */
function readingBytes(compression: Compression, config: ModelConfig, plan: ReadingPlan): number {
  const growth = cacheBytes(compression, config, plan.tokens, plan.pinned) - plan.heldBytes;
  return Math.max(0, growth) + passBytes(config, plan);
}

/** The same if everything stayed, in float32. */
function fullBytes(config: ModelConfig, plan: ReadingPlan): number {
  return config.numLayers * layerBytes(config, plan.tokens) + passBytes(config, plan);
}

function layerBytes({ numKvHeads, headDim }: ModelConfig, tokens: number): number {
  return 2 * numKvHeads * headDim * tokens * FLOAT_BYTES;
}

/** While so much is read: one layer's K and V in float32, and rows on their way. */
export function passBytes(config: ModelConfig, { tokens, fresh }: Pick<ReadingPlan, 'tokens' | 'fresh'>): number {
  const { numHeads, headDim, hiddenSize } = config;
  const rows = fresh * (numHeads * headDim + hiddenSize + headDim) * FLOAT_BYTES;
  const attention = numHeads * tokens * Math.min(fresh, longestChunk(tokens)) * FLOAT_BYTES;
  return layerBytes(config, tokens) + rows + attention;
}

function hasRoom(compression: Compression, config: ModelConfig, plan: ReadingPlan, freeBytes: number): boolean {
  // Nearly always there is room even for all of it, which is told without asking the policy of every layer.
  return fullBytes(config, plan) <= freeBytes || readingBytes(compression, config, plan) <= freeBytes;
}

/**
 * What a prompt is read under: where idle time will be spent on it and there is room, a budget may be exceeded until then.
 * Refuses one for which there is no room, before anything of it is read.
 * @throws EngineError OUT_OF_MEMORY, with `fittingTokens`: of a new chat
 */
export function boundsWhileReading(
  compression: Compression,
  config: ModelConfig,
  plan: ReadingPlan,
  { freeBytes, tidies }: { freeBytes: number; tidies: boolean },
): Compression {
  const milder = tidies ? untidied(compression, plan.tokens) : compression;
  if (hasRoom(milder, config, plan, freeBytes)) return milder;
  if (hasRoom(compression, config, plan, freeBytes)) return compression;
  const neededBytes = readingBytes(compression, config, plan);
  const emptied = freeBytes + plan.heldBytes;
  const fits = (tokens: number) =>
    readingBytes(compression, config, { ...plan, tokens, fresh: tokens, heldBytes: 0, pinned: [] }) <= emptied;
  const fittingTokens = mostThat(fits, plan.tokens);
  const place = plan.onDevice ? 'graphics processor' : 'computer';
  throw new EngineError(
    'OUT_OF_MEMORY',
    `Reading this chat takes ${inMegabytes(neededBytes)}, but only ${inMegabytes(freeBytes)} of this ${place}'s memory are free. ` +
      `Close other programs, choose a stronger compression, or start a new chat: one of ${fittingTokens} tokens would fit.`,
    { neededBytes, freeBytes, fittingTokens },
  );
}

/** The most tokens under `limit` that still fit. */
function mostThat(fits: (tokens: number) => boolean, limit: number): number {
  let [fitting, tooMany] = [0, limit];
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2);
    if (fits(middle)) fitting = middle;
    else tooMany = middle;
  }
  return fitting;
}
