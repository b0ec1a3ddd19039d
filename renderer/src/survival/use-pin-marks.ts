import { type RefObject, useLayoutEffect } from 'react';
import { contentOfMessage } from '../pins/selected-text.js';
import { useApp } from '../store/store.js';
import type { Passage } from './survival-text.js';
import { rangeOf, shownPassage } from './text-places.js';

const NAME = 'survival-pinned';

/** Marks what is pinned of the passages, whether the engine keeps it already or only from the next message on. */
export function usePinMarks(box: RefObject<HTMLElement | null>, passages: readonly Passage[]): void {
  const pins = useApp((state) => state.pins);
  useLayoutEffect(() => {
    const ranges = passages.flatMap(({ id, text }) => {
      const pinned = pins[id];
      if (!pinned) return [];
      const content = contentOfMessage(id);
      const before = content.length - content.trimStart().length;
      const spans = pinned === true ? [{ from: before, to: before + text.length }] : pinned;
      const shown = shownPassage(box.current, id);
      return spans.flatMap(({ from, to }) => rangeOf(shown, Math.max(0, from - before), to - before) ?? []);
    });
    const highlight = new Highlight(...ranges);
    highlight.priority = 1;
    CSS.highlights.set(NAME, highlight);
    return () => {
      CSS.highlights.delete(NAME);
    };
  }, [box, passages, pins]);
}
