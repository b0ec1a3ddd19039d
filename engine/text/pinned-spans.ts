import type { TokenSpan } from '../kv/token-span.js';
import type { ChatMessage, TextRange } from '../types.js';
import type { ChatTemplate } from './chat-template.js';
import { tokenText } from './token-text.js';
import type { Tokenizer } from './tokenizer.js';

/**
 * Where in a prompt the messages stand of which nothing may be dropped: those of the system and pinned ones. A message
 * reaches from where the conversation before it ends to where the conversation with it ends. If the template does not
 * render a conversation that ends there (some put the system message into the first question, or render it with that
 * alone), the next message is pinned with it. So is all of a message whose content the prompt does not show as it is, if
 * only some stretches of it are pinned.
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
  const spanOf = (index: number): TokenSpan | null => {
    const from = endOf(index) ?? 0;
    for (let count = index + 1; ; count++) {
      const to = endOf(count);
      if (to !== null && to > from && shows(count, index)) return { from, to };
      if (count >= messages.length) return null;
    }
  };
  return messages.flatMap(({ role, content, pinned }, index) => {
    if (role !== 'system' && !pinned) return [];
    const span = spanOf(index);
    if (!span) return [];
    if (role === 'system' || !isRanges(pinned)) return [span];
    const { text, ends } = tokenText(prompt.slice(span.from, span.to), tokenizer);
    const shown = text.indexOf(content.trim());
    if (shown < 0) return [span];
    const start = shown - (content.length - content.trimStart().length);
    return pinned.map(({ from, to }) => {
      const tokens = tokensOf(ends, Math.max(0, start + from), start + to);
      return { from: span.from + tokens.from, to: span.from + tokens.to };
    });
  });
}

function isRanges(pinned: ChatMessage['pinned']): pinned is readonly TextRange[] {
  return typeof pinned === 'object';
}

/** The tokens that make units `from` … `to` − 1 of their text, with those that only begin a character. */
function tokensOf(ends: Uint32Array, from: number, to: number): TokenSpan {
  const endBefore = (token: number) => (token > 0 ? ends[token - 1] : 0);
  const [behind, last] = [from, to - 1].map((unit) => ends.findIndex((end) => end > unit));
  let first = behind < 0 ? ends.length : behind;
  while (first > 0 && endBefore(first - 1) === from) first--;
  return { from: first, to: last < 0 ? ends.length : last + 1 };
}
