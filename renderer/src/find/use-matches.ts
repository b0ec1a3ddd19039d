import { useEffect, useState } from 'react';
import { findMatches, type Match, MOST_MATCHES } from './find-text.js';

/** The words of messages, in the chat and in the view of what the model holds of it. */
const WORDS = ':is(.thread, .survival) [data-message] :is(.md, [data-words])';
/** What is not read as text: a formula stands in the page twice, for the eye and for screen readers. */
const SKIPPED = '.katex, button, .code-h';
/** Between two looks at a chat that changes. */
const REST_MS = 200;

const ALL = 'find';
const NOW = 'find-now';

/** Where a text stands in what is shown; looked for again when that changes. Marks all matches, and that at `index`. */
export function useMatches(wanted: string): readonly Range[] {
  const [matches, setMatches] = useState<readonly Range[]>([]);
  useEffect(() => {
    const look = () => setMatches(findInPage(wanted));
    look();
    const main = document.querySelector('main');
    if (!main || wanted === '') return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new MutationObserver((changes) => {
      if (!changes.some(({ target }) => isWords(target))) return;
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
  return matches;
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
  const found = matches.findIndex((range) => range.getBoundingClientRect().bottom > top);
  return Math.max(0, found);
}

/** Brings a match into the middle of the view. */
export function showMatch(range: Range): void {
  const element = range.startContainer.parentElement;
  const scroller = element?.closest('.scroll');
  if (!element || !scroller) return;
  element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  const box = scroller.getBoundingClientRect();
  const { top, bottom } = range.getBoundingClientRect();
  scroller.scrollTop += (top + bottom - box.top - box.bottom) / 2;
}

function isWords(node: Node): boolean {
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest('.thread, .survival') != null;
}

function findInPage(wanted: string): Range[] {
  const found: Range[] = [];
  for (const words of document.querySelectorAll(WORDS)) {
    if (found.length >= MOST_MATCHES) break;
    for (const match of findMatches(textNodesOf(words), wanted, MOST_MATCHES - found.length))
      found.push(toRange(match));
  }
  return found;
}

function textNodesOf(words: Element): Text[] {
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node instanceof Text) return NodeFilter.FILTER_ACCEPT;
    return node instanceof Element && node.matches(SKIPPED) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  });
  const nodes: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) nodes.push(node as Text);
  return nodes;
}

function toRange({ start, end }: Match<Text>): Range {
  const range = document.createRange();
  range.setStart(start.piece, start.offset);
  range.setEnd(end.piece, end.offset);
  return range;
}
