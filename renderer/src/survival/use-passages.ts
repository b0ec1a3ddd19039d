import { useMemo } from 'react';
import type { TextMemory } from '../../../engine/types.js';
import { useApp } from '../store/store.js';
import { contentOf } from '../store/turns.js';
import { type Passage, passagesOf } from './survival-text.js';

/** The current chat's messages as they stand in the model's text. */
export function usePassages(memory: TextMemory | null): Passage[] {
  const messages = useApp((state) => state.messages);
  const ids = useApp((state) => state.chats[state.currentChatId].messageIds);
  return useMemo(() => {
    if (!memory) return [];
    const texts = ids.map((id) => {
      const message = messages[id];
      return { id, text: message.role === 'user' ? contentOf(message) : message.text };
    });
    return passagesOf(memory, texts);
  }, [memory, messages, ids]);
}
