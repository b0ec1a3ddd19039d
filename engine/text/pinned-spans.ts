import type { TokenSpan } from '../kv/token-span.js';
import type { ChatMessage } from '../types.js';
import type { ChatTemplate } from './chat-template.js';
import type { Tokenizer } from './tokenizer.js';

/**
 * Where in a prompt the messages stand of which nothing may be dropped: those of the system and pinned ones. A message
 * reaches from where the conversation before it ends to where the conversation with it ends. If the template does not
 * render a conversation that ends there (some put the system message into the first question, or render it with that
 * alone), the next message is pinned with it.
 * @param prompt token ids of all messages
 */
export function pinnedSpans(
  messages: readonly ChatMessage[],
  prompt: readonly number[],
  template: ChatTemplate,
  tokenizer: Tokenizer,
): TokenSpan[] {
  const endOf = (count: number): number | null => {
    if (count === 0) return 0;
    if (count >= messages.length) return prompt.length;
    try {
      const { addBos, ...text } = template.render(messages.slice(0, count), { answering: false });
      const ids = tokenizer.encode(text, { addBos });
      const differing = ids.findIndex((id, i) => id !== prompt[i]);
      return differing < 0 ? ids.length : differing;
    } catch {
      return null;
    }
  };
  /** Whether a conversation of so many messages has this one in it: were it another, the text would be so too. */
  const shows = (count: number, index: number): boolean => {
    if (count >= messages.length) return true;
    const some = messages.slice(0, count);
    const others = some.with(index, { ...some[index], content: `${some[index].content}x` });
    const [text, other] = [some, others].map((all) => template.render(all, { answering: false }).text);
    return text !== other;
  };
  return messages.flatMap(({ role, pinned }, index) => {
    if (role !== 'system' && !pinned) return [];
    const from = endOf(index) ?? 0;
    for (let count = index + 1; ; count++) {
      const to = endOf(count);
      if (to !== null && to > from && shows(count, index)) return [{ from, to }];
      if (count >= messages.length) return [];
    }
  });
}
