import { clippedRuns, type Level, type Run } from './survival-text.js';
import type { ShownBlock } from './text-places.js';

/** The shades of one block of a passage, in the highlights of their levels or not. */
export class BlockShading {
  readonly #block: ShownBlock;
  readonly #runs: readonly Run[];
  readonly #highlights: ReadonlyMap<Level, Highlight>;
  #ranges: { highlight: Highlight; range: StaticRange }[] | null = null;

  /** `runs`: those of the whole passage. */
  constructor(block: ShownBlock, runs: readonly Run[], highlights: ReadonlyMap<Level, Highlight>) {
    this.#block = block;
    this.#runs = runs;
    this.#highlights = highlights;
  }

  show(isShown: boolean): void {
    if (isShown === (this.#ranges !== null)) return;
    if (this.#ranges) for (const { highlight, range } of this.#ranges) highlight.delete(range);
    this.#ranges = isShown ? this.#shade() : null;
  }

  #shade() {
    const { node, start: from } = this.#block;
    return clippedRuns(this.#runs, from, from + node.length).flatMap(({ level, start, end }) => {
      const highlight = this.#highlights.get(level);
      if (!highlight) return [];
      const range = new StaticRange({
        startContainer: node,
        startOffset: start - from,
        endContainer: node,
        endOffset: end - from,
      });
      highlight.add(range);
      return [{ highlight, range }];
    });
  }
}
