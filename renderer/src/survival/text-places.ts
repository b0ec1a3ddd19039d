/** A place in the page's text. */
export interface TextPlace {
  node: Node;
  offset: number;
}

/** A block of a passage's text, from its unit `start` on. */
export interface ShownBlock {
  start: number;
  node: Text;
}

/** In their order. */
export type ShownPassage = readonly ShownBlock[];

/** `box` holds the passages; empty: it does not hold this one. */
export function shownPassage(box: HTMLElement | null, id: string): ShownPassage {
  const blocks = box?.querySelectorAll<HTMLElement>(`[data-passage="${CSS.escape(id)}"] > [data-start]`) ?? [];
  return [...blocks].flatMap(({ dataset, firstChild }) =>
    firstChild instanceof Text ? [{ start: Number(dataset.start), node: firstChild }] : [],
  );
}

/** Where a place of the passage's text (UTF-16 units) is shown. */
export function placeAt(passage: ShownPassage, at: number): TextPlace | null {
  let [low, high] = [0, passage.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passage[middle].start <= at) low = middle + 1;
    else high = middle;
  }
  const block = passage[Math.max(0, low - 1)];
  return block ? { node: block.node, offset: Math.min(at - block.start, block.node.length) } : null;
}

/** The stretch of a passage as the page shows it. */
export function rangeOf(passage: ShownPassage, from: number, to: number): StaticRange | null {
  const [start, end] = [placeAt(passage, from), placeAt(passage, to)];
  return (
    start &&
    end &&
    new StaticRange({
      startContainer: start.node,
      startOffset: start.offset,
      endContainer: end.node,
      endOffset: end.offset,
    })
  );
}

/** The passage and its unit that a place of the page shows; null: it is not of a passage's text. */
export function passagePlace({ node, offset }: TextPlace): { id: string; at: number } | null {
  const block = node instanceof Text ? node.parentElement : null;
  const id = block?.parentElement?.dataset.passage;
  return block?.dataset.start !== undefined && id !== undefined
    ? { id, at: Number(block.dataset.start) + offset }
    : null;
}
