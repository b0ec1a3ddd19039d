import type { KvMoment } from '../../../engine/trace/columns.js';
import type { ModelInfo } from '../../../engine/types.js';

export interface KvFigures {
  /** Tokens kept, mean over the layers, of the tokens seen. */
  tokenFraction: number;
  /** Bytes of one stored value, of the two that fp16 takes; null where nothing is stored. */
  valueFraction: number | null;
  /** Bytes in use, of a full fp16 cache. */
  byteFraction: number;
  /** The filled part of a gauge, and where on it the full fp16 cache lies (1 = its end). */
  gauge: { filled: number; fullMark: number };
  /** Of the context that fits. */
  contextFraction: number;
}

/** The two factors of what a cache takes, counted from bytes in use, so that their product is exact. */
export function kvFigures(kv: KvMoment): KvFigures {
  const byteFraction = kv.fullFp16Bytes > 0 ? kv.bytesInUse / kv.fullFp16Bytes : 0;
  const tokenFraction = kv.tokensSeen > 0 ? kv.keptFraction : 0;
  const span = Math.max(1, byteFraction);
  return {
    tokenFraction,
    valueFraction: tokenFraction > 0 ? byteFraction / tokenFraction : null,
    byteFraction,
    gauge: { filled: byteFraction / span, fullMark: 1 / span },
    contextFraction: kv.contextLength > 0 ? kv.tokensSeen / kv.contextLength : 0,
  };
}

const FP16_BYTES = 2;

/** What a full fp16 cache of so many tokens takes. */
export function fullFp16Bytes({ layers, numKvHeads, headDim }: ModelInfo, tokens: number): number {
  return layers * numKvHeads * headDim * 2 * FP16_BYTES * tokens;
}
