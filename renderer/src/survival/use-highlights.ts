import { type RefObject, useLayoutEffect } from 'react';
import type { HeldText } from '../../../engine/trace/replay.js';
import { BlockShading } from './block-shading.js';
import { LEVELS, type Level, type Passage, runsOf } from './survival-text.js';
import { rangeOf, shownPassage } from './text-places.js';

const nameOf = (level: Level) => `survival-${level}`;

/** How far above and below what is in sight the text is shaded, so that scrolling finds it so. */
const AROUND = '100% 0px';

/**
 * Shades the passages' text where it stands, and where it is in sight or near: the browser paints the stretches itself,
 * but looks at each of them in every frame in which anything on the page changes.
 * @param box holds the passages' text, as PassageText makes it
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
    const shading = new Map<Element, BlockShading>();
    for (const passage of passages) {
      const runs = runsOf(memory, passage, layer);
      for (const block of shownPassage(element, passage.id)) {
        if (block.node.parentElement) shading.set(block.node.parentElement, new BlockShading(block, runs, highlights));
      }
    }
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) shading.get(target)?.show(isIntersecting);
      },
      { root: element, rootMargin: AROUND },
    );
    const { top, bottom } = element.getBoundingClientRect();
    for (const [target, one] of shading) {
      // The observer tells only after the first paint.
      const at = target.getBoundingClientRect();
      if (at.bottom > top && at.top < bottom) one.show(true);
      observer.observe(target);
    }
    for (const [level, highlight] of highlights) CSS.highlights.set(nameOf(level), highlight);
    return () => {
      observer.disconnect();
      for (const level of LEVELS) CSS.highlights.delete(nameOf(level));
    };
  }, [box, memory, passages, layer]);
}

const TOKEN = 'survival-token';

/** Marks one token, that under the pointer or the cursor keys; `from`, `to`: within the passage. */
export function markToken(box: HTMLElement | null, { id }: Passage, from: number, to: number): void {
  const range = rangeOf(shownPassage(box, id), from, to);
  if (range) CSS.highlights.set(TOKEN, new Highlight(range));
}

export function unmarkToken(): void {
  CSS.highlights.delete(TOKEN);
}
