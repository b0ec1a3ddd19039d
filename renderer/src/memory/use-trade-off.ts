import { useMemo } from 'react';
import { useApp } from '../store/store.js';
import type { MeasuredText } from './compression-words.js';
import { fullFp16Bytes } from './kv-figures.js';
import { type TradeOff, tradeOff } from './trade-off.js';
import { kvTypeOf } from './value-types.js';

/** A text shorter than this is kept whole: what compressions take is then told of a full context. */
const SHORTEST_COMPRESSED = 256;

/** The text that figures of a compression are for, tokens, and what the usual cache of it takes; null: no model is there. */
export function useMeasuredText(): (MeasuredText & { fullBytes: number }) | null {
  const ready = useApp(({ model }) => (model.state === 'ready' ? model : null));
  const tokens = useApp(({ kv, kvChatId, currentChatId }) => {
    const seen = kvChatId === currentChatId ? (kv?.tokensSeen ?? 0) : 0;
    return seen >= SHORTEST_COMPRESSED ? seen : null;
  });
  return useMemo(() => {
    if (!ready) return null;
    const length = tokens ?? ready.runtime.contextLength;
    return { tokens: length, fullBytes: fullFp16Bytes(ready.model, length), kvType: kvTypeOf(ready.runtime) };
  }, [ready, tokens]);
}

/** Null: nothing was measured for the model. */
export function useTradeOff(): TradeOff | null {
  const ready = useApp(({ model }) => (model.state === 'ready' ? model : null));
  const text = useMeasuredText();
  return useMemo(() => (ready && text ? tradeOff(ready.presets, text, ready.leastBudgetBytes) : null), [ready, text]);
}
