import { z } from 'zod';
import type { Compression } from '../../kv/compression.js';
import type { CompressionConfig } from '../../kv/compression-config.js';
import type { KvCache } from '../../kv/kv-cache.js';
import type { LayerOutline } from '../../kv/layer-cache.js';
import type { Losses, LossesOutline } from '../../kv/losses.js';
import { bytesOf, type RowsOutline } from '../../kv/row-store.js';
import type { TokenSpan } from '../../kv/token-span.js';
import { type ChatCompression, PRESET_NAMES } from '../../types.js';

const count = z.int().min(0);

const rows = z.strictObject({
  marked: count,
  grown: z.array(z.strictObject({ channel: count, scale: z.number(), rows: count })).readonly(),
}) satisfies z.ZodType<RowsOutline>;

const layer = z.strictObject({
  length: count,
  capacity: count,
  keys: rows,
  values: rows,
}) satisfies z.ZodType<LayerOutline>;

const losses = z.strictObject({
  history: z.array(z.strictObject({ at: count, lowest: count, highest: count })).readonly(),
  turns: z.array(count).readonly(),
  turn: count,
  attention: z.array(z.number().nullable()).readonly(),
}) satisfies z.ZodType<LossesOutline>;

const compression = z.union([
  z.strictObject({ preset: z.enum(PRESET_NAMES) }),
  z.strictObject({ budgetBytes: z.number() }),
  // Checked where a policy is made of it.
  z.strictObject({ config: z.custom<CompressionConfig>((value) => typeof value === 'object' && value !== null) }),
]) satisfies z.ZodType<ChatCompression>;

/**
 * What a chat's memory at rest is, without its bytes. Of an answer that grows nothing is in it, neither the newest
 * queries nor what is to be pruned next: each turn begins with a read, and forgets those.
 */
export const chatOutline = z.strictObject({
  compression,
  kvType: z.enum(['int8', 'float16', 'float32']),
  tokens: count,
  /** Tokens at the end of the last prompt; and of the logits there, as many as the vocabulary, or none. */
  promptEnd: count,
  promptLogits: count,
  /** The length of text that the policy was chosen for. */
  policyTokens: count,
  computeFraction: z.number(),
  pinned: z.array(z.strictObject({ from: count, to: count })).readonly() satisfies z.ZodType<readonly TokenSpan[]>,
  losses,
  layers: z.array(layer).readonly(),
});
export type ChatOutline = z.infer<typeof chatOutline>;

/** A chat's memory at rest. The arrays are views: they are what they were as long as it is not used. */
export interface ChatSnapshot {
  outline: Readonly<ChatOutline>;
  arrays: readonly Uint8Array[];
}

/** Gets the arrays of a snapshot one after the other, to be written to. */
export type Fill = (array: Uint8Array) => Promise<void>;

interface Parts {
  cache: KvCache;
  losses: Losses;
  /** Ids whose K/V are cached. */
  seen: number[];
}

/** What a chat's memory has beside them. */
type Lasting = Pick<ChatOutline, 'pinned' | 'promptEnd' | 'policyTokens' | 'computeFraction'> & {
  promptLogits: Float32Array | null;
};

/** Null: the cache is on a device. */
export function snapshotOf(
  { cache, losses, seen }: Parts,
  { choice, kvType }: Compression,
  { promptLogits, ...lasting }: Lasting,
): ChatSnapshot | null {
  const layers = cache.outline();
  if (!layers) return null;
  const logits = promptLogits ?? new Float32Array(0);
  const lengths = { tokens: seen.length, promptLogits: logits.length };
  return {
    outline: { compression: choice, kvType, ...lengths, ...lasting, losses: losses.outline(seen.length), layers },
    arrays: arraysOf(Int32Array.from(seen), logits, { cache, losses }),
  };
}

/**
 * Makes the parts of an empty chat what they were.
 * @returns the logits at the end of the last prompt
 * @throws EngineError OUT_OF_MEMORY; what `fill` throws. The parts are then of no use.
 */
export async function refill(
  { cache, losses, seen }: Parts,
  outline: ChatOutline,
  fill: Fill,
): Promise<Float32Array | null> {
  const [tokens, logits] = [new Int32Array(outline.tokens), new Float32Array(outline.promptLogits)];
  losses.rebuild(outline.losses, outline.tokens);
  cache.rebuild(outline.layers);
  for (const array of arraysOf(tokens, logits, { cache, losses })) await fill(array);
  for (const token of tokens) seen.push(token);
  return logits.length > 0 ? logits : null;
}

function arraysOf(tokens: Int32Array, logits: Float32Array, { cache, losses }: Omit<Parts, 'seen'>): Uint8Array[] {
  return [bytesOf(tokens), bytesOf(logits), ...losses.arrays(), ...cache.arrays()];
}
