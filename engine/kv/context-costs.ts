import { EngineError } from '../errors.js';
import type { ModelConfig } from '../model/model-config.js';
import type { ContextCost } from '../types.js';
import { type Compression, cacheBytes, fullFp16Bytes } from './compression.js';

const SHORTEST = 1024;

/** Lengths worth choosing from: powers of two, and all of it. */
export function contextLengths(longest: number): number[] {
  const lengths: number[] = [];
  for (let length = SHORTEST; length < longest; length *= 2) lengths.push(length);
  return [...lengths, longest];
}

/**
 * What the memory of a full context takes, for each length worth choosing.
 * @param compressionFor what the chat would be under with a context of so many tokens
 * @throws what `compressionFor` throws, but for KV_BUDGET_TOO_SMALL
 */
export function contextCosts(
  config: ModelConfig,
  compressionFor: (contextLength: number) => Compression,
): ContextCost[] {
  return contextLengths(config.contextLength).map((contextLength) => ({
    contextLength,
    kvBytes: bytesOf(config, contextLength, compressionFor),
    fullFp16Bytes: fullFp16Bytes(config, contextLength),
  }));
}

function bytesOf(
  config: ModelConfig,
  contextLength: number,
  compressionFor: (contextLength: number) => Compression,
): number | null {
  try {
    return cacheBytes(compressionFor(contextLength), config, contextLength);
  } catch (thrown) {
    if (thrown instanceof EngineError && thrown.code === 'KV_BUDGET_TOO_SMALL') return null;
    throw thrown;
  }
}
