import type { KvCache } from '../../kv/kv-cache.js';
import { type GenerationPruning, SHORTEST_THINNED } from '../../kv/policy.js';
import { recentScores, selectByHead } from '../../kv/selection.js';
import { type DroppedSpan, united } from '../../kv/text-history.js';
import type { QueryRing } from '../reading/query-ring.js';
import { type AskedScores, type NewestQueries, type Scored, type Scores, storedKeys } from '../reading/scores.js';

/** Places in the text from `from` to before `to`. */
interface Block {
  from: number;
  to: number;
}

/**
 * Drops tokens that were written, block by block as they leave the recent window; the prompt's stay.
 *
 * Source: Yang et al. 2024, section 3.3; the window's queries are kept rather than their attention, which would take
 * more memory than the cache saves.
 */
export class GenerationPruner {
  /** Place in the text of the first written token that was not up for pruning yet. */
  private blockStart: number;

  /** @param promptEnd place in the text of the first token that will be written */
  constructor(
    private readonly pruning: GenerationPruning,
    private readonly cache: KvCache,
    private readonly scores: Scores,
    private readonly ring: QueryRing,
    promptEnd: number,
  ) {
    this.blockStart = promptEnd;
  }

  /**
   * A token was written, and its K/V and queries are in the cache and in the ring.
   * @param tokensSeen its place in the text + 1
   */
  async written(tokensSeen: number): Promise<DroppedSpan | null> {
    const { windowLength, exceedLength } = this.pruning;
    let dropped: DroppedSpan | null = null;
    // Several at once where the text has only now become long enough to be thinned.
    while (tokensSeen >= SHORTEST_THINNED && tokensSeen - windowLength >= this.blockStart + exceedLength) {
      const block = { from: this.blockStart, to: this.blockStart + exceedLength };
      this.blockStart = block.to;
      if (await this.pruneBlock(block, tokensSeen)) {
        dropped = united(dropped, { lowest: block.from, highest: block.to - 1 });
      }
    }
    return dropped;
  }

  /** → whether any layer dropped some of it */
  private async pruneBlock(block: Block, tokensSeen: number): Promise<boolean> {
    const { cache, pruning, ring, scores } = this;
    const layers = Array.from({ length: cache.shape.numLayers }, (_, layer) => layer).filter(
      (layer) => pruning.keep(layer) < pruning.exceedLength,
    );
    if (layers.length === 0) return false;
    const newest = scores.newest(ring, Math.min(ring.count, pruning.windowLength));
    try {
      const answers = await scores.answers(layers.map((layer) => this.ask(layer, newest, tokensSeen)));
      layers.forEach((layer, i) => {
        this.prune(layer, block, answers[i]);
      });
    } finally {
      newest.release();
    }
    return true;
  }

  private ask(layer: number, newest: NewestQueries, tokensSeen: number): AskedScores {
    const { cache, pruning, ring } = this;
    const keys = storedKeys(cache, layer);
    const voters = ring.voters(pruning.windowLength, cache.positionsByHead(layer));
    const recent = Int32Array.from({ length: voters }, (_, i) => i);
    return this.scores.ask(
      keys,
      recentScores(null, pruning.distanceWeight),
      { recent, spread: new Int32Array() },
      (which) => newest.queries(layer, keys.length, tokensSeen, voters, which),
    );
  }

  private prune(layer: number, { from, to }: Block, { scores }: Scored): void {
    const { cache, pruning } = this;
    const positions = cache.positionsByHead(layer);
    const isOutside = (position: number) => position < from || position >= to;
    const outside = Math.max(...positions.map((places) => places.filter(isOutside).length));
    const selection = { ...ONLY_BLOCK, isPinned: isOutside, contextCount: outside + pruning.keep(layer) };
    cache.retain(layer, selectByHead(selection, positions, scores));
  }
}

/** No window and no sinks: what is not in the block is kept by `isPinned`. */
const ONLY_BLOCK = {
  windowStart: Number.POSITIVE_INFINITY,
  sinkLength: 0,
  scores: recentScores(null),
  perHead: false,
};
