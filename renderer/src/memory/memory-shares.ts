import type { KvStats, TextMemory } from '../../../engine/types.js';
import type { Passage } from '../survival/survival-text.js';

export type ShareName = 'system' | 'history' | 'question' | 'reply';

/** A part of the conversation and what its keys and values take. */
export interface MemoryShare {
  name: ShareName;
  tokens: number;
  bytes: number;
}

/**
 * What the system prompt (with all that the template adds), earlier turns, the last message and the reply to it take, of
 * the bytes that the engine reports as in use.
 * @param passages of the chat's messages, in their order
 * @param replyId of the last answer
 */
export function memoryShares(
  { rows }: TextMemory,
  passages: readonly Passage[],
  replyId: string | null,
  kv: Pick<KvStats, 'bytesInUse'>,
): MemoryShare[] {
  const shares: Record<ShareName, { tokens: number; rows: number }> = {
    system: { tokens: rows.length, rows: rows.reduce((sum, count) => sum + count, 0) },
    history: { tokens: 0, rows: 0 },
    question: { tokens: 0, rows: 0 },
    reply: { tokens: 0, rows: 0 },
  };
  const all = shares.system.rows;
  const questions = passages.filter(({ id }) => id !== replyId);
  for (const passage of passages) {
    const name = passage.id === replyId ? 'reply' : passage === questions.at(-1) ? 'question' : 'history';
    const held = rows.subarray(passage.from, passage.to).reduce((sum, count) => sum + count, 0);
    const tokens = passage.to - passage.from;
    shares[name] = { tokens: shares[name].tokens + tokens, rows: shares[name].rows + held };
    shares.system = { tokens: shares.system.tokens - tokens, rows: shares.system.rows - held };
  }
  return (['system', 'history', 'question', 'reply'] as const).map((name) => ({
    name,
    tokens: shares[name].tokens,
    bytes: all > 0 ? (shares[name].rows / all) * kv.bytesInUse : 0,
  }));
}
