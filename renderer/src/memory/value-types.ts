import type { KvType } from '../../../engine/types.js';
import { t } from '../words.js';

/** As settings call the precision of weights. */
export function valueName(type: KvType): string {
  return t(`memory.values.${type}`);
}

/** Bytes of a full cache of such values, of the usual cache's: fp16 has 2 a value. Scales are too few to show. */
export function offShare(type: KvType): number {
  return { int8: 0.5, float16: 1, float32: 2 }[type];
}

/** What every figure is compared with. */
export function usualCacheWords(): string {
  return t('memory.usualCache');
}
