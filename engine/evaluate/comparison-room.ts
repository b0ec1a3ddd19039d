import { EngineError } from '../errors.js';
import { type Compression, cacheBytes, fixedCompression, inMegabytes } from '../kv/compression.js';
import type { TokenSpan } from '../kv/token-span.js';
import type { ModelConfig } from '../model/model-config.js';
import type { SideName } from '../types.js';
import { FULL_CACHE } from './memories.js';

/** K and V of both sides of a comparison, behind so many tokens. */
export function comparedBytes(
  compression: Compression,
  config: ModelConfig,
  tokens: number,
  pinned: readonly TokenSpan[],
): Record<SideName, number> {
  const full = fixedCompression({ preset: 'off' }, FULL_CACHE, config.numLayers);
  return { full: cacheBytes(full, config, tokens), compressed: cacheBytes(compression, config, tokens, pinned) };
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
