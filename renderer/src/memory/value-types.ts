import type { KvType, RuntimeInfo } from '../../../engine/types.js';
import { t } from '../words.js';

/** As settings call the precision of weights. */
export function valueName(type: KvType): string {
  return t(`memory.values.${type}`);
}

/** What K and V of a loaded model are kept as, unless a file of configurations says otherwise. */
export function kvTypeOf({ deviceType, precision }: Pick<RuntimeInfo, 'deviceType' | 'precision'>): KvType {
  return deviceType ?? (precision === 'float32' ? 'float32' : 'int8');
}

/** Bytes of a full cache of such values, of the usual cache's: fp16 has 2 a value. Scales are too few to show. */
export function offShare(type: KvType): number {
  return { int8: 0.5, float16: 1, float32: 2 }[type];
}

/** What every figure is compared with. */
export function usualCacheWords(): string {
  return t('memory.usualCache');
}
