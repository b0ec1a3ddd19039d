import type { KvStats, TextMemory } from '../../../engine/types.js';
import type { Passage } from '../survival/survival-text.js';

export type ShareName = 'system' | 'pinned' | 'history' | 'question' | 'reply';

/** A part of the conversation and what its keys and values take. */
export interface MemoryShare {
  name: ShareName;
  /** Of history: its first and last turn, 1 = first message of the user. */
  turns?: [first: number, last: number];
  tokens: number;
  /** Layers that hold a token of it, on average. */
  depth: number;
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
  { rows, depths, pinned }: Pick<TextMemory, 'rows' | 'depths' | 'pinned'>,
  passages: readonly Passage[],
  turnOf: ReadonlyMap<string, number>,
  replyId: string | null,
  kv: Pick<KvStats, 'bytesInUse'>,
): MemoryShare[] {
  const lastTurn = Math.max(0, ...turnOf.values());
  const parts = new Map<string, { share: Omit<MemoryShare, 'bytes'>; rows: number }>();
  const add = (name: ShareName, [count, depth]: readonly [rows: number, layers: number], turn = 0) => {
    const isEarly = name === 'history' && turn < lastTurn - TURNS_APART;
    const key = name === 'history' ? `${name} ${isEarly ? 0 : turn}` : name;
    const part = parts.get(key) ?? { share: { name, tokens: 0, depth: 0 }, rows: 0 };
    part.share.tokens++;
    part.share.depth += depth;
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
    const held = [count, depths[token]] as const;
    if (!passage || token < passage.from) add('system', held);
    else if (pinned.some(({ from, to }) => token >= from && token < to)) add('pinned', held);
    else if (passage.id === replyId) add('reply', held);
    else add(turn === lastTurn ? 'question' : 'history', held, turn);
  }
  const order: readonly ShareName[] = ['system', 'pinned', 'history', 'question', 'reply'];
  return [...parts.values()]
    .toSorted((a, b) => order.indexOf(a.share.name) - order.indexOf(b.share.name))
    .map(({ share, rows: held }) => ({
      ...share,
      depth: share.depth / share.tokens,
      bytes: all > 0 ? (held / all) * kv.bytesInUse : 0,
    }));
}
