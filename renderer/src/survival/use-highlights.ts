import { type RefObject, useLayoutEffect } from 'react';
import type { HeldText } from '../../../engine/trace/replay.js';
import { LEVELS, type Level, type Passage, runsOf } from './survival-text.js';

const nameOf = (level: Level) => `survival-${level}`;

/**
 * Shades the passages' text where it stands. The browser paints the stretches itself: thirty thousand tokens stay one
 * text node a message.
 * @param box holds an element with `data-passage` for each passage, with its text alone in it
 */
export function useHighlights(
  box: RefObject<HTMLElement | null>,
  memory: HeldText | null,
  passages: readonly Passage[],
  layer: number | null,
): void {
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !memory) return;
    const highlights = new Map(LEVELS.map((level) => [level, new Highlight()]));
    for (const passage of passages) {
      const text = textOf(element, passage.id);
      if (!text) continue;
      for (const { level, start, end } of runsOf(memory, passage, layer)) {
        highlights
          .get(level)
          ?.add(new StaticRange({ startContainer: text, startOffset: start, endContainer: text, endOffset: end }));
      }
    }
    for (const [level, highlight] of highlights) CSS.highlights.set(nameOf(level), highlight);
    return () => {
      for (const level of LEVELS) CSS.highlights.delete(nameOf(level));
    };
  }, [box, memory, passages, layer]);
}

const TOKEN = 'survival-token';

/** Marks one token, that under the pointer or the cursor keys; `from`, `to`: within the passage. */
export function markToken(box: HTMLElement | null, { id }: Passage, from: number, to: number): void {
  const text = textOf(box, id);
  if (!text) return;
  const range = new StaticRange({ startContainer: text, startOffset: from, endContainer: text, endOffset: to });
  CSS.highlights.set(TOKEN, new Highlight(range));
}

export function unmarkToken(): void {
  CSS.highlights.delete(TOKEN);
}

/** The text node of a passage. */
export function textOf(box: HTMLElement | null, id: string): ChildNode | null {
  return box?.querySelector(`[data-passage="${CSS.escape(id)}"]`)?.firstChild ?? null;
}
