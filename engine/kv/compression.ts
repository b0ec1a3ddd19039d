import { EngineError } from '../errors.js';
import type { ChatCompression, KvType } from '../types.js';
import { type CompressionConfig, createPolicy, type PolicyConfig } from './compression-config.js';
import { type CacheShape, KV_ELEMENT_BYTES } from './kv-cache.js';
import { extentOf, type Policy, SHORTEST_THINNED } from './policy.js';
import { fixedRows } from './selection.js';
import { levelWithin } from './tidy-levels.js';
import type { TokenSpan } from './token-span.js';

/** What a chat's cache is under. */
export interface Compression {
  readonly choice: ChatCompression;
  readonly kvType: KvType;
  /**
   * Not exceeded by what is held between prompts, pins apart; while a prompt is read, what is there stays until its end.
   * Null: the policy alone says how much is kept.
   */
  readonly budgetBytes: number | null;
  /** For a text of so many tokens. */
  policyFor(tokens: number): Policy;
  /** What idle time can do for a budget; null: there is none. */
  readonly tidying: Tidiable | null;
}

export interface Tidiable {
  /** The share of the rows of so many tokens that fits the budget, as idle time would leave it; null: too little does. */
  level(tokens: number): number | null;
  /** Whether so many bytes do, and 64 tokens more. */
  fits(bytes: number): boolean;
  /** What a text is under until idle time has been spent on it: so it is not decided in haste what goes. */
  untidied: Compression;
}

/** Bytes that K and V take. */
export interface CacheBytes {
  numLayers: number;
  contextLength: number;
  /** Of one token in one layer. */
  bytesPerToken: number;
  /** Of a layer, however many tokens it holds. */
  scaleBytes: number;
}

export function fixedCompression(choice: ChatCompression, config: CompressionConfig, numLayers: number): Compression {
  const policy = createPolicy(config.policy, numLayers);
  return { choice, kvType: config.kvType, budgetBytes: null, policyFor: () => policy, tidying: null };
}

/** Whether something may be dropped between two tokens of an answer; the newest tokens' queries then say what. */
export function dropsWhileWriting({ budgetBytes, policyFor }: Compression, numLayers: number): boolean {
  const { generation } = policyFor(0);
  const prunes = (layer: number) => generation !== null && generation.keep(layer) < generation.exceedLength;
  return budgetBytes !== null || Array.from({ length: numLayers }, (_, layer) => layer).some(prunes);
}

/** So many tokens can be written before a stronger policy is needed: by then their queries can say what to drop. */
const ROOM_AHEAD = 64;
/** Until idle time is spent on a chat, it may take so many times its budget. */
const UNTIDIED_BUDGETS = 2;
/** Below the presets, the strongest of them with ever less. */
const STRONGER = [0.8, 0.6, 0.45, 0.35, 0.25, 0.15, 0.1];

/**
 * The mildest compression that fits so many bytes, for each text anew.
 * @param presets from the mildest to the strongest
 * @throws EngineError KV_BUDGET_TOO_SMALL, with `leastBytes`: the most that any text takes at the strongest
 */
export function budgetCompression(
  budgetBytes: number,
  presets: readonly PolicyConfig[],
  bytes: CacheBytes,
  kvType: KvType = 'int8',
): Compression {
  const policies = rungs(presets).map((config) => createPolicy(config, bytes.numLayers));
  const last = policies[policies.length - 1];
  const leastBytes = leastBudget(presets, bytes);
  if (budgetBytes < leastBytes) {
    throw new EngineError(
      'KV_BUDGET_TOO_SMALL',
      `${inMegabytes(budgetBytes)} are too little for the memory of a chat with this model: it takes ${inMegabytes(Math.ceil(leastBytes / 1e5) * 1e5)} at least. Allow more, or choose a preset.`,
      { budgetBytes, leastBytes },
    );
  }
  const under = (most: number, tidying: Tidiable | null): Compression => ({
    choice: { budgetBytes },
    kvType,
    budgetBytes: most,
    policyFor: (tokens) => policies.find((policy) => bytesAhead(policy, bytes, tokens, ROOM_AHEAD) <= most) ?? last,
    tidying,
  });
  return under(budgetBytes, {
    level: (tokens) => levelWithin(budgetBytes, tokens, ROOM_AHEAD, bytes),
    fits: (held) => held + ROOM_AHEAD * bytes.numLayers * bytes.bytesPerToken <= budgetBytes,
    untidied: under(UNTIDIED_BUDGETS * budgetBytes, null),
  });
}

/** What holds of a chat that takes so many bytes. */
export function boundsOfHeld(compression: Compression, bytes: number): Compression {
  const { budgetBytes, tidying } = compression;
  return tidying && budgetBytes !== null && bytes > budgetBytes ? tidying.untidied : compression;
}

/** What so many tokens are read under, where idle time will be spent on them. */
export function untidied(compression: Compression, tokens: number): Compression {
  const { tidying } = compression;
  return tidying && tidying.level(tokens) !== null ? tidying.untidied : compression;
}

/** The most that any text takes at the strongest: a budget below it is refused. `presets` as for budgetCompression. */
export function leastBudget(presets: readonly PolicyConfig[], bytes: CacheBytes): number {
  const last = createPolicy(rungs(presets)[presets.length + STRONGER.length - 1], bytes.numLayers);
  const { contextLength } = bytes;
  // Of a text too short to be thinned, more may be held than of a long one.
  const longest = [Math.min(SHORTEST_THINNED - 1, contextLength), contextLength - 1, contextLength];
  // With room for one token more: it is written before anything can be dropped.
  return Math.max(...longest.map((tokens) => bytesAhead(last, bytes, tokens, 1)));
}

function rungs(presets: readonly PolicyConfig[]): PolicyConfig[] {
  const strongest = presets[presets.length - 1];
  return [...presets, ...STRONGER.map((factor) => weakened(strongest, factor))];
}

/** Most bytes in use of a text and so many tokens more, as far as the context goes. */
function bytesAhead(policy: Policy, bytes: CacheBytes, tokens: number, more: number): number {
  return mostBytes(policy, bytes, tokens, Math.max(tokens, Math.min(tokens + more, bytes.contextLength)));
}

/**
 * Most bytes in use that a policy allows.
 * @param promptTokens tokens of the text up to the last prompt's end; `tokensSeen`: those and what was written since
 */
export function mostBytes(policy: Policy, bytes: CacheBytes, promptTokens: number, tokensSeen: number): number {
  const written = tokensSeen - promptTokens;
  let rows = 0;
  for (let layer = 0; layer < bytes.numLayers; layer++) {
    const left = tokensSeen < SHORTEST_THINNED ? written : writtenRows(policy, layer, written);
    rows += policy.cachedCount(layer, promptTokens) + left;
  }
  return rows * bytes.bytesPerToken + bytes.numLayers * bytes.scaleBytes;
}

/** Most bytes in use behind a prompt of so many tokens. */
export function cacheBytes(
  compression: Compression,
  model: CacheShape,
  tokens: number,
  pinned: readonly TokenSpan[] = [],
): number {
  const { numLayers, numKvHeads, headDim } = model;
  const elements = 2 * numKvHeads * headDim;
  const scaleBytes = compression.kvType === 'int8' ? elements * Float32Array.BYTES_PER_ELEMENT : 0;
  const bytes = {
    numLayers,
    contextLength: tokens,
    bytesPerToken: elements * KV_ELEMENT_BYTES[compression.kvType],
    scaleBytes,
  };
  const policy = compression.policyFor(tokens);
  return (
    mostBytes(policy, bytes, tokens, tokens) + rowsForPins(policy, numLayers, tokens, pinned) * bytes.bytesPerToken
  );
}

/** Rows that are held only because more is pinned than there would be room for. */
function rowsForPins(policy: Policy, numLayers: number, tokens: number, pinned: readonly TokenSpan[]): number {
  const text = extentOf(pinned, 0, tokens);
  let rows = 0;
  for (let layer = 0; pinned.length > 0 && layer < numLayers; layer++) {
    const selection = policy.evict(layer, text) ?? policy.thin(layer, text);
    if (!selection) continue;
    rows += Math.max(0, fixedRows(selection, tokens) - policy.cachedCount(layer, tokens));
  }
  return rows;
}

const FP16_BYTES = 2;

/** K and V of so many tokens, kept whole in fp16: what every figure is compared with. */
export function fullFp16Bytes({ numLayers, numKvHeads, headDim }: CacheShape, tokens: number): number {
  return numLayers * tokens * 2 * numKvHeads * headDim * FP16_BYTES;
}

/** Rows that a layer holds of so many written tokens. */
function writtenRows({ generation }: Policy, layer: number, written: number): number {
  if (!generation) return written;
  const { windowLength, exceedLength, keep } = generation;
  const blocks = Math.max(0, Math.floor((written - windowLength) / exceedLength));
  return written - blocks * (exceedLength - keep(layer));
}

function weakened(config: PolicyConfig, factor: number): PolicyConfig {
  if (config.name !== 'pyramidInfer' || !config.cache) return config;
  const { share } = config.cache;
  const scaled = typeof share === 'number' ? share * factor : share.map((one) => one * factor);
  return { ...config, cache: { ...config.cache, share: scaled } };
}

/** As errors say it. */
export function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
