import { type RefObject, useLayoutEffect } from 'react';
import type { TextMemory } from '../../../engine/types.js';
import { LEVELS, type Level, type Passage, runsOf } from './survival-text.js';

const nameOf = (level: Level) => `survival-${level}`;

/**
 * Shades the passages' text where it stands. The browser paints the stretches itself: thirty thousand tokens stay one
 * text node a message.
 * @param box holds an element with `data-passage` for each passage, with its text alone in it
 */
export function useHighlights(
  box: RefObject<HTMLElement | null>,
  memory: TextMemory | null,
  passages: readonly Passage[],
  layer: number | null,
): void {
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !memory) return;
    const highlights = new Map(LEVELS.map((level) => [level, new Highlight()]));
    for (const passage of passages) {
      const text = element.querySelector(`[data-passage="${CSS.escape(passage.id)}"]`)?.firstChild;
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

/** Marks one token: that under the pointer or the cursor keys. */
export function markToken(box: HTMLElement | null, passage: Passage | null, from: number, to: number): void {
  const text = passage && box?.querySelector(`[data-passage="${CSS.escape(passage.id)}"]`)?.firstChild;
  if (!text) {
    CSS.highlights.delete('survival-token');
    return;
  }
  const range = new StaticRange({ startContainer: text, startOffset: from, endContainer: text, endOffset: to });
  CSS.highlights.set('survival-token', new Highlight(range));
}
