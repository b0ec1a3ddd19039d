import type { KvType } from '../../../engine/types.js';

/** As settings call the precision of weights. */
export const VALUE_NAMES: Readonly<Record<KvType, string>> = { int8: '8-bit', float32: '32-bit' };

/** What every figure is compared with; a cache that drops nothing is "full", and here takes twice of it. */
export const USUAL_CACHE =
  'The usual cache, as most programs have it, keeps every token at 16 bits (2 bytes, fp16) a value.';
