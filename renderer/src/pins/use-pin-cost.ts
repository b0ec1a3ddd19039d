import { useMemo } from 'react';
import { useApp } from '../store/store.js';
import { usePassages } from '../survival/use-passages.js';
import { type PinCost, pinCost } from './pin-cost.js';
import type { Pins } from './pins.js';
import { contentOfMessage } from './selected-text.js';

/** What such pins of a message take; null: there are none, or the model does not have it in memory. */
export function usePinCost(id: string, pins: Pins | null): PinCost | null {
  const memory = useApp((state) => (pins && state.kvChatId === state.currentChatId ? state.textMemory : null));
  const kv = useApp((state) => (pins ? state.kv : null));
  const rowsPerToken = useApp(({ model }) =>
    model.state === 'ready' ? model.model.layers * model.model.numKvHeads : null,
  );
  const passages = usePassages(memory);
  return useMemo(() => {
    const passage = passages.find((one) => one.id === id);
    if (!pins || !memory || !kv || !passage || rowsPerToken === null) return null;
    return pinCost(memory, passage, contentOfMessage(id), pins, kv, rowsPerToken);
  }, [id, pins, memory, passages, kv, rowsPerToken]);
}
