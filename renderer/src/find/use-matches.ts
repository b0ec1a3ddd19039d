import { useEffect, useState } from 'react';
import { closedAround, openAround } from './closed-text.js';
import { changedWords, PageSearch } from './page-search.js';

/** Between two looks at a chat that changes. */
const REST_MS = 200;

const NOTHING: readonly Range[] = [];

const ALL = 'find';
const NOW = 'find-now';

/** Where a text stands in what is shown; looked for again when that changes. Marks all matches, and that at `index`. */
export function useMatches(wanted: string): readonly Range[] {
  const [found, setFound] = useState({ wanted: '', matches: NOTHING });
  useEffect(() => {
    const search = new PageSearch(wanted);
    const changed = new Set<Element>();
    const look = () => {
      const matches = search.look(document, changed);
      setFound((before) => (before.wanted === wanted && before.matches === matches ? before : { wanted, matches }));
      changed.clear();
    };
    look();
    const main = document.querySelector('main');
    if (!main || wanted === '') return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new MutationObserver((changes) => {
      const words = changedWords(changes);
      if (!words) return;
      for (const each of words) changed.add(each);
      timer ??= setTimeout(() => {
        timer = undefined;
        look();
      }, REST_MS);
    });
    observer.observe(main, { subtree: true, childList: true, characterData: true });
    return () => {
      observer.disconnect();
      clearTimeout(timer);
    };
  }, [wanted]);
  // Those of the text before it would be gone to.
  return found.wanted === wanted ? found.matches : NOTHING;
}

/** Colours the matches; the one at `index` stands out. */
export function useMarks(matches: readonly Range[], index: number): void {
  useEffect(() => {
    const now = new Highlight(...matches.slice(index, index + 1));
    now.priority = 2;
    const all = new Highlight(...matches);
    all.priority = 1;
    CSS.highlights.set(ALL, all);
    CSS.highlights.set(NOW, now);
    return () => {
      CSS.highlights.delete(ALL);
      CSS.highlights.delete(NOW);
    };
  }, [matches, index]);
}

/** The first match that is in sight or below it; 0 if there is none. */
export function firstInSight(matches: readonly Range[]): number {
  const top = document.querySelector('main .scroll')?.getBoundingClientRect().top ?? 0;
  const found = matches.findIndex((range) => (closedAround(range) ?? range).getBoundingClientRect().bottom > top);
  return Math.max(0, found);
}

/** Brings a match into the middle of the view; what it is folded away in opens. */
export function showMatch(range: Range): void {
  if (openAround(range)) requestAnimationFrame(() => center(range));
  else center(range);
}

function center(range: Range): void {
  const element = range.startContainer.parentElement;
  element?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  // An attachment scrolls by itself, within the chat.
  for (const scroller of [element?.closest('.paste-text'), element?.closest('.scroll')]) {
    if (!scroller) continue;
    const box = scroller.getBoundingClientRect();
    const { top, bottom } = range.getBoundingClientRect();
    scroller.scrollTop += (top + bottom - box.top - box.bottom) / 2;
  }
}
