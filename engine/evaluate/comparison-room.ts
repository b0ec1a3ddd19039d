import { EngineError } from '../errors.js';
import { type Compression, cacheBytes, inMegabytes } from '../kv/compression.js';
import type { TokenSpan } from '../kv/token-span.js';
import type { ModelConfig } from '../model/model-config.js';
import type { SideName } from '../types.js';

/** K and V of both sides of a comparison, behind so many tokens. */
export function comparedBytes(
  { full, compressed }: Record<SideName, Compression>,
  config: ModelConfig,
  tokens: number,
  pinned: readonly TokenSpan[],
): Record<SideName, number> {
  return { full: cacheBytes(full, config, tokens), compressed: cacheBytes(compressed, config, tokens, pinned) };
}

/** @throws EngineError OUT_OF_MEMORY; both are held until the end */
export function checkRoom({ full, compressed }: Record<SideName, number>, freeBytes: number): void {
  const neededBytes = full + compressed;
  if (neededBytes <= freeBytes) return;
  throw new EngineError(
    'OUT_OF_MEMORY',
    `The full cache of this chat takes ${inMegabytes(full)} and the compressed one ${inMegabytes(compressed)}, ` +
      `but only ${inMegabytes(freeBytes)} of this computer's memory are free. Close other programs, or compare a shorter chat.`,
    { neededBytes, freeBytes },
  );
}
