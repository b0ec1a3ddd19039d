import { findMatches, type Match, MOST_MATCHES } from './find-text.js';

const WORDS = ':is(.md, [data-words])';
/** The words of messages, in the chat and in the view of what the model holds of it. */
const SHOWN_WORDS = `:is(.thread, .survival) [data-message] ${WORDS}`;
/** What is not read as text: a formula stands in the page twice, for the eye and for screen readers. */
const SKIPPED = '.katex, button, .code-h';

/** Where one text stands in the page. Words that did not change are looked through once. */
export class PageSearch {
  readonly #wanted: string;
  #found = new Map<Element, readonly Range[]>();
  #all: readonly Range[] = [];

  constructor(wanted: string) {
    this.#wanted = wanted;
  }

  /** In the order of the page; the same array as before if none came, went or moved. */
  look(page: ParentNode, changed: ReadonlySet<Element>): readonly Range[] {
    const found = new Map<Element, readonly Range[]>();
    let count = 0;
    for (const words of page.querySelectorAll(SHOWN_WORDS)) {
      const known = changed.has(words) ? undefined : this.#found.get(words);
      const ranges = known ?? rangesIn(words, this.#wanted, MOST_MATCHES);
      found.set(words, ranges);
      count += ranges.length;
      if (count >= MOST_MATCHES) break;
    }
    this.#found = found;
    const all = [...found.values()].flat().slice(0, MOST_MATCHES);
    const isSame = all.length === this.#all.length && all.every((range, index) => range === this.#all[index]);
    if (!isSame) this.#all = all;
    return this.#all;
  }
}

/** The words that these changes touched; null where they touched none and brought or took none. */
export function changedWords(changes: readonly MutationRecord[]): ReadonlySet<Element> | null {
  const changed = new Set<Element>();
  let isOther = false;
  for (const { target, addedNodes, removedNodes } of changes) {
    const words = elementOf(target)?.closest(WORDS);
    if (words) changed.add(words);
    else isOther ||= [...addedNodes, ...removedNodes].some(holdsWords);
  }
  return isOther || changed.size > 0 ? changed : null;
}

function holdsWords(node: Node): boolean {
  return node instanceof Element && (node.matches(WORDS) || node.querySelector(WORDS) !== null);
}

function elementOf(node: Node): Element | null {
  return node instanceof Element ? node : node.parentElement;
}

function rangesIn(words: Element, wanted: string, most: number): Range[] {
  return findMatches(textNodesOf(words), wanted, most).map(toRange);
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
