import type { KvStats, TextMemory } from '../../../engine/types.js';
import type { Passage } from '../survival/survival-text.js';

export type ShareName = 'system' | 'pinned' | 'history' | 'question' | 'reply';

/** A part of the conversation and what its keys and values take. */
export interface MemoryShare {
  name: ShareName;
  /** Of history: its first and last turn, 1 = first message of the user. */
  turns?: [first: number, last: number];
  tokens: number;
  bytes: number;
}

/** Earlier turns than so many are one part together. */
const TURNS_APART = 3;

/**
 * What the system prompt (with all that the template adds), pinned text, earlier turns, the last message and the reply to
 * it take, of the bytes that the engine reports as in use. Parts without a token are left out.
 * @param passages of the chat's messages, in their order
 * @param turnOf the turn of each message, by its id
 * @param replyId of the last answer
 */
export function memoryShares(
  { rows, pinned }: Pick<TextMemory, 'rows' | 'pinned'>,
  passages: readonly Passage[],
  turnOf: ReadonlyMap<string, number>,
  replyId: string | null,
  kv: Pick<KvStats, 'bytesInUse'>,
): MemoryShare[] {
  const lastTurn = Math.max(0, ...turnOf.values());
  const parts = new Map<string, { share: Omit<MemoryShare, 'bytes'>; rows: number }>();
  const add = (name: ShareName, count: number, turn = 0) => {
    const isEarly = name === 'history' && turn < lastTurn - TURNS_APART;
    const key = name === 'history' ? `${name} ${isEarly ? 0 : turn}` : name;
    const part = parts.get(key) ?? { share: { name, tokens: 0 }, rows: 0 };
    part.share.tokens++;
    if (name === 'history') part.share.turns = [Math.min(part.share.turns?.[0] ?? turn, turn), turn];
    part.rows += count;
    parts.set(key, part);
  };
  let [at, all] = [0, 0];
  for (const [token, count] of rows.entries()) {
    all += count;
    while (at < passages.length && token >= passages[at].to) at++;
    const passage = passages[at];
    const turn = turnOf.get(passage?.id) ?? 0;
    if (!passage || token < passage.from) add('system', count);
    else if (pinned.some(({ from, to }) => token >= from && token < to)) add('pinned', count);
    else if (passage.id === replyId) add('reply', count);
    else add(turn === lastTurn ? 'question' : 'history', count, turn);
  }
  const order: readonly ShareName[] = ['system', 'pinned', 'history', 'question', 'reply'];
  return [...parts.values()]
    .toSorted((a, b) => order.indexOf(a.share.name) - order.indexOf(b.share.name))
    .map((part) => ({ ...part.share, bytes: all > 0 ? (part.rows / all) * kv.bytesInUse : 0 }));
}
