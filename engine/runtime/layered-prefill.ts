import type { KvCache, WorkingRows } from '../kv/kv-cache.js';
import type { Policy, TextExtent } from '../kv/policy.js';
import type { HeadRows } from '../kv/row-store.js';
import {
  droppedSpan,
  lostShare,
  outlook,
  type ScoreSpec,
  type Selection,
  selectByHead,
  selectRows,
} from '../kv/selection.js';
import { type DroppedSpan, united } from '../kv/text-history.js';
import { inTwoSteps } from '../kv/two-step-eviction.js';
import { meanOfHeads } from '../kv/votes.js';
import { AttentionScores, type LayerKeys, type Scored } from './attention-scores.js';
import type { ModelSessions } from './model-sessions.js';
import { openPass } from './open-pass.js';
import type { PromptPass } from './prompt-pass.js';
import { VoteCollector } from './vote-collector.js';

export interface ReadingProgress {
  /** Prompt tokens read, as far as one can say: those cached before, and of the others the share of the work that is done. */
  processed: number;
  /** Prompt tokens whose K/V were cached before. */
  reused: number;
}

/** Progress of a prompt: rows run so far in any layer, and rows that all layers will run. */
export interface PrefillProgress {
  rowsDone: number;
  rowsTotal: number;
}

export interface PrefillResult {
  /** Of the last token, [vocabSize]. */
  logits: Float32Array;
  dropped: DroppedSpan | null;
  /** By layer: of the attention that decided what it dropped, the share that went to that; null: nothing, or no attention. */
  lostAttention: (number | null)[];
  /** Rows run, of what all tokens in all layers would be. */
  computeFraction: number;
}

/**
 * Reads a prompt layer by layer: each takes all tokens that are still alive, in chunks, on float32 K/V of its own; then
 * it is decided which of them go on and which K/V stay, and these are stored. Kept sets do not depend on the length of
 * the chunks, and no more than one layer's K/V are ever held in full.
 *
 * Source: Yang et al. 2024, section 3.2; rows are gathered between attention and MLP, where that is exact.
 */
export class LayeredPrefill {
  private readonly scores: AttentionScores;
  /** By layer, what is to stay of tokens of earlier turns: dropped when the prompt is read, so that a stop harms none. */
  private evictions: (HeadRows | null)[] = [];
  private dropped: DroppedSpan | null = null;
  private lostAttention: (number | null)[] = [];
  private lastScores: { votes: VoteCollector; spec: ScoreSpec; recentVoters: number; scored: Scored } | null = null;

  constructor(
    private readonly sessions: ModelSessions,
    private readonly cache: KvCache,
    private readonly policy: Policy,
  ) {
    this.scores = new AttentionScores(sessions);
  }

  /**
   * @param tokens new ones of the prompt, the first at place `text.promptStart`; the cache holds what is before
   * Stopped before its end, the cache holds the tokens in some layers: `truncate(text.promptStart)` restores it.
   */
  async *read(tokens: readonly number[], text: TextExtent): AsyncGenerator<PrefillProgress, PrefillResult, void> {
    const { config } = this.sessions.model;
    const { cache } = this;
    const history = Math.max(...Array.from({ length: config.numLayers }, (_, layer) => cache.length(layer)));
    const pass = openPass(this.sessions, tokens, text.promptStart, history);
    try {
      return yield* this.throughLayers(pass, tokens.length, text);
    } finally {
      pass.release();
    }
  }

  private async *throughLayers(
    pass: PromptPass,
    tokens: number,
    text: TextExtent,
  ): AsyncGenerator<PrefillProgress, PrefillResult, void> {
    const { config } = this.sessions.model;
    const { cache } = this;
    const rowsTotal = this.plannedRows(tokens, text);
    let rowsDone = 0;
    this.evictions = [];
    this.dropped = null;
    this.lostAttention = new Array<number | null>(config.numLayers).fill(null);
    for (let layer = 0; layer < config.numLayers; layer++) {
      const thin = this.policy.thin(layer, text);
      const evict = this.policy.evict(layer, text);
      cache.copyTo(layer, pass.working);
      const votes = this.collector(layer, pass.positions, [thin, evict]);
      const before = rowsDone;
      for await (const done of this.runLayer(layer, pass, votes)) {
        rowsDone = before + done;
        yield { rowsDone, rowsTotal: Math.max(rowsTotal, rowsDone) };
      }
      await this.settle(layer, pass, votes, { thin, evict });
    }
    const logits = await pass.head();
    this.evictions.forEach((kept, layer) => {
      if (kept) cache.retain(layer, kept);
    });
    cache.trim();
    const computeFraction = rowsDone / (config.numLayers * tokens);
    return { logits, dropped: this.dropped, lostAttention: this.lostAttention, computeFraction };
  }

  /** Runs all rows through one layer, yielding how many are done. */
  private async *runLayer(layer: number, pass: PromptPass, votes: VoteCollector): AsyncGenerator<number, void, void> {
    const history = this.cache.length(layer);
    let from = 0;
    for (const length of pass.chunkLengths()) {
      const queries = await pass.run(layer, from, length, history + from + length);
      const wanted = votes.wanted(from, from + length);
      if (wanted.length > 0) votes.collect(await pass.read(queries, wanted));
      from += length;
      yield from;
    }
  }

  /** Stores what stays of the layer's K/V, and lets go on what goes on. */
  private async settle(
    layer: number,
    pass: PromptPass,
    votes: VoteCollector,
    { thin, evict }: { thin: Selection | null; evict: Selection | null },
  ): Promise<void> {
    const { cache } = this;
    const { positions: rows, working } = pass;
    const history = cache.length(layer);
    const positions = cache.positionsByHead(layer).map((before) => concatenated(before, rows));
    const keys = { tensor: working.keys, scales: null, length: history + rows.length };
    const all = Int32Array.from(positions[0].keys());
    let cached: HeadRows = positions.map(() => all);
    if (evict && outlook(evict, positions[0]).drops) {
      cached = await this.keptInCache(layer, evict, positions, keys, votes);
      positions.forEach((places, head) => {
        this.note(droppedSpan(places, cached[head]));
      });
    }
    const goOn = thin ? await this.keptRows(layer, thin, rows, keys, votes) : null;
    this.store(layer, working, rows, history, cached);
    if (!goOn) return;
    this.note(droppedSpan(rows, goOn));
    pass.keep(goOn);
  }

  /** Rows that go on behind a layer; null: all. */
  private async keptRows(
    layer: number,
    thin: Selection,
    /** Places in the text, [rows]. */
    rows: Int32Array,
    keys: LayerKeys,
    votes: VoteCollector,
  ): Promise<Int32Array | null> {
    const { drops, needsScores } = outlook(thin, rows);
    if (!drops) return null;
    if (!needsScores) return selectRows(thin, rows, new Float32Array());
    const { scores, attention } = await this.scored(thin, keys, votes);
    const history = keys.length - rows.length;
    const [means] = meanOfHeads(scores, keys.length, 1);
    const kept = selectRows(thin, rows, means.subarray(history));
    // What does not go on is missing from all layers behind this one.
    const seenThere = [...Array.from({ length: history }, (_, row) => row), ...kept.map((row) => history + row)];
    const lost = lostShare(attention, keys.length, [Int32Array.from(seenThere)]);
    for (let behind = layer + 1; behind < this.lostAttention.length; behind++) this.noteLoss(behind, lost);
    return kept;
  }

  /** K/V rows that a layer keeps, by head. */
  private async keptInCache(
    layer: number,
    evict: Selection,
    positions: Int32Array[],
    keys: LayerKeys,
    votes: VoteCollector,
  ): Promise<HeadRows> {
    if (!outlook(evict, positions[0]).needsScores) return selectByHead(evict, positions, new Float32Array());
    const { scores, attention } = await this.scored(evict, keys, votes);
    const kept = selectByHead(evict, positions, scores);
    this.noteLoss(layer, lostShare(attention, keys.length, kept));
    return kept;
  }

  /** Scores by a layer's keys; two selections in a layer that ask for the same get the same. */
  private async scored(selection: Selection, keys: LayerKeys, votes: VoteCollector): Promise<Scored> {
    const { scores: spec } = selection;
    const voters = votes.voters(selection);
    const last = this.lastScores;
    // As many recent rows, too: "the whole window" is another one in each selection.
    const isSame = last?.votes === votes && last.spec === spec && last.recentVoters === voters.recent.length;
    if (isSame) return last.scored;
    const scored = await this.scores.score(keys, spec, voters, (of) => votes.queriesOf(of));
    this.lastScores = { votes, spec, recentVoters: voters.recent.length, scored };
    return scored;
  }

  /** New tokens are dropped at once; those of earlier turns once the prompt is read. */
  private store(layer: number, working: WorkingRows, newPositions: Int32Array, history: number, kept: HeadRows): void {
    const { now, later } = inTwoSteps(kept, history, history + newPositions.length);
    this.cache.replace(layer, working, newPositions, now);
    this.evictions[layer] = later;
  }

  private collector(layer: number, rows: Int32Array, selections: (Selection | null)[]): VoteCollector {
    const { numHeads, headDim } = this.sessions.model.config;
    const history = this.cache.length(layer);
    const windowRows = ({ windowStart }: Selection) => rows.filter((place) => place >= windowStart).length;
    const asked = selections.filter((selection) => selection !== null);
    return new VoteCollector(asked, rows, windowRows, history, numHeads * headDim);
  }

  /** Rows that all layers will run, as far as the policy tells. */
  private plannedRows(tokens: number, text: TextExtent): number {
    let alive = tokens;
    let total = 0;
    for (let layer = 0; layer < this.sessions.model.config.numLayers; layer++) {
      total += alive;
      const thin = this.policy.thin(layer, text);
      if (thin)
        alive = Math.min(alive, thin.contextCount + text.tokensSeen - Math.max(thin.windowStart, text.promptStart));
    }
    return total;
  }

  /** One share after another: the second is of what the first left. */
  private noteLoss(layer: number, share: number): void {
    this.lostAttention[layer] = 1 - (1 - (this.lostAttention[layer] ?? 0)) * (1 - share);
  }

  private note(span: DroppedSpan | null): void {
    this.dropped = united(this.dropped, span);
  }
}

function concatenated(before: Int32Array, after: Int32Array): Int32Array {
  const both = new Int32Array(before.length + after.length);
  both.set(before);
  both.set(after, before.length);
  return both;
}
