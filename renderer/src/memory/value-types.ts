import type { KvType } from '../../../engine/types.js';
import { t } from '../words.js';

/** As settings call the precision of weights. */
export function valueName(type: KvType): string {
  return t(`memory.values.${type}`);
}

/** What every figure is compared with; a cache that drops nothing is "full", and here takes twice of it. */
export function usualCacheWords(): string {
  return t('memory.usualCache');
}
