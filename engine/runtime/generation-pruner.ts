import type { KvCache } from '../kv/kv-cache.js';
import { type GenerationPruning, SHORTEST_THINNED } from '../kv/policy.js';
import { recentScores, selectByHead } from '../kv/selection.js';
import { type DroppedSpan, united } from '../kv/text-history.js';
import { recentWeights } from '../kv/votes.js';
import { type AttentionScores, storedKeys } from './attention-scores.js';
import type { QueryRing } from './query-ring.js';

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
    private readonly scores: AttentionScores,
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
    let dropped = false;
    for (let layer = 0; layer < this.cache.shape.numLayers; layer++) {
      if (this.pruning.keep(layer) >= this.pruning.exceedLength) continue;
      await this.prune(layer, block, tokensSeen);
      dropped = true;
    }
    return dropped;
  }

  private async prune(layer: number, { from, to }: Block, tokensSeen: number): Promise<void> {
    const { cache, pruning, ring } = this;
    const keys = storedKeys(cache, layer);
    const positions = cache.positionsByHead(layer);
    const voters = ring.voters(pruning.windowLength, positions);
    const queries = ring.queries(layer, keys.length, tokensSeen, voters);
    const weights = recentWeights(voters, pruning.distanceWeight);
    const scores = await this.scores.attention(keys, queries, weights);
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
