import type { TraceMessage, TraceTurn, TurnText } from './schema.js';

/** Places of a text that a turn put there, up to before `to`; it begins at `text.from`. */
interface TextRange {
  turn: number;
  text: TurnText;
  to: number;
}

/** Where the text of a turn comes from: of each turn before, what the later ones left of it. Null: not all is known. */
export function textRanges(turns: readonly TraceTurn[], turn: number): TextRange[] | null {
  const ranges: TextRange[] = [];
  let limit = Number.POSITIVE_INFINITY;
  for (let index = turn; index >= 0 && limit > 0; index--) {
    const { text } = turns[index];
    if (!text) {
      if (turns[index].reusedTokens < limit) return null;
      continue;
    }
    if (text.from >= limit) continue;
    const end = text.from + text.tokens.length;
    if (end < limit && index < turn) return null;
    ranges.unshift({ turn: index, text, to: Math.min(end, limit) });
    limit = text.from;
  }
  return limit === 0 ? ranges : null;
}

/** The conversation as it was in a turn, with its answer; of turns without text nothing. */
export function messagesAt(turns: readonly TraceTurn[], turn: number): readonly TraceMessage[] {
  return turns
    .slice(0, turn + 1)
    .reduce<readonly TraceMessage[]>(
      (before, { text }) => (text ? [...before.slice(0, text.messagesKept), ...text.messages] : before),
      [],
    );
}

/** How many of these messages are those that the conversation began with in a turn. */
export function keptMessages(turns: readonly TraceTurn[], turn: number, messages: readonly TraceMessage[]): number {
  const before = messagesAt(turns, turn);
  const changed = messages.findIndex(
    ({ role, content }, i) => before[i]?.role !== role || before[i]?.content !== content,
  );
  return changed < 0 ? messages.length : changed;
}
