import { useMemo } from 'react';
import type { TextMemory } from '../../../engine/types.js';
import { readSystemPrompt } from '../assistants/ask-settings.js';
import { useApp } from '../store/store.js';
import { contentOf } from '../store/turns.js';
import { type Passage, passagesOf } from './survival-text.js';

/** The id of the system prompt among passages; no message has it. */
export const SYSTEM_PASSAGE = 'system';

/** The current chat's system prompt and messages as they stand in the model's text. */
export function useAllPassages(memory: TextMemory | null): Passage[] {
  const messages = useApp((state) => state.messages);
  const ids = useApp((state) => state.chats[state.currentChatId].messageIds);
  const systemPrompt = useApp(readSystemPrompt);
  return useMemo(() => {
    if (!memory) return [];
    const texts = ids.map((id) => {
      const message = messages[id];
      return { id, text: message.role === 'user' ? contentOf(message) : message.text };
    });
    return passagesOf(memory, [{ id: SYSTEM_PASSAGE, text: systemPrompt }, ...texts]);
  }, [memory, messages, ids, systemPrompt]);
}

/** The messages alone. */
export function usePassages(memory: TextMemory | null): Passage[] {
  const passages = useAllPassages(memory);
  return useMemo(() => passages.filter(({ id }) => id !== SYSTEM_PASSAGE), [passages]);
}
