import type { KvCache } from '../../kv/kv-cache.js';
import type { Policy, TextExtent } from '../../kv/policy.js';
import { everyRow, type HeadRows } from '../../kv/row-store.js';
import { droppedSpan, lostShare, outlook, type Selection, selectByHead, selectRows } from '../../kv/selection.js';
import { type DroppedSpan, united } from '../../kv/text-history.js';
import { inTwoSteps } from '../../kv/two-step-eviction.js';
import { meanOfHeads } from '../../kv/votes.js';
import type { WorkingRows } from '../../kv/working-rows.js';
import type { ModelSessions } from '../model-sessions.js';
import { createScores } from './create-scores.js';
import { openPass } from './open-pass.js';
import type { PromptPass } from './prompt-pass.js';
import type { AskedScores, LayerKeys, Scored, Scores } from './scores.js';
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

/** A layer that has been run, and what is to be selected of it. */
interface RunLayer {
  layer: number;
  working: WorkingRows;
  votes: VoteCollector;
  thin: Selection | null;
  evict: Selection | null;
}

/** A layer whose K/V are held, and what is to be dropped of them. */
interface Undecided {
  layer: number;
  working: WorkingRows;
  /** Places in the text of the rows that are new, [rows] … */
  rows: Int32Array;
  /** … and of all, by head. */
  positions: Int32Array[];
  votes: VoteCollector;
  /** Null: all stay. */
  evict: Selection | null;
  /** Null: no scores are needed. */
  asked: AskedScores | null;
}

/**
 * Reads a prompt layer by layer: each takes all tokens that are still alive, in chunks, on float32 K/V of its own; then
 * it is decided which of them go on and which K/V stay, and these are stored. Kept sets do not depend on the length of
 * the chunks, and no more K/V are ever held in full than those of one layer, or on a device of a few.
 *
 * Source: Yang et al. 2024, section 3.2; rows are gathered between attention and MLP, where that is exact.
 */
export class LayeredPrefill {
  private readonly scores: Scores;
  /** By layer, what is to stay of tokens of earlier turns: dropped when the prompt is read, so that a stop harms none. */
  private evictions: (HeadRows | null)[] = [];
  private dropped: DroppedSpan | null = null;
  private lostAttention: (number | null)[] = [];
  /** Layers of which it is not decided yet what stays of their K/V. */
  private undecided: Undecided[] = [];
  /** Queries that are held for scores: of those layers, and of the one that runs. */
  private readonly voting = new Set<VoteCollector>();

  constructor(
    private readonly sessions: ModelSessions,
    private readonly cache: KvCache,
    private readonly policy: Policy,
  ) {
    this.scores = createScores(sessions);
  }

  /**
   * @param tokens new ones of the prompt, the first at place `text.promptStart`; the cache holds what is before
   * Stopped before its end, the cache holds the tokens in some layers: `truncate(text.promptStart)` restores it.
   */
  async *read(tokens: readonly number[], text: TextExtent): AsyncGenerator<PrefillProgress, PrefillResult, void> {
    const pass = openPass(this.sessions, this.cache, tokens, text.promptStart);
    try {
      return yield* this.throughLayers(pass, tokens.length, text);
    } finally {
      for (const votes of this.voting) votes.release();
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
    this.undecided = [];
    this.dropped = null;
    this.lostAttention = new Array<number | null>(config.numLayers).fill(null);
    for (let layer = 0; layer < config.numLayers; layer++) {
      const thin = this.policy.thin(layer, text);
      const evict = this.policy.evict(layer, text);
      const working = pass.begin(layer, cache.length(layer));
      const votes = this.collector(layer, pass.positions, [thin, evict]);
      this.voting.add(votes);
      const before = rowsDone;
      for await (const done of this.runLayer(layer, pass, votes)) {
        rowsDone = before + done;
        yield { rowsDone, rowsTotal: Math.max(rowsTotal, rowsDone) };
      }
      await this.settle({ layer, working, votes, thin, evict }, pass);
    }
    await this.decide(pass, null);
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
      if (wanted.length > 0) votes.collect(pass.collect(queries, wanted));
      from += length;
      yield from;
    }
  }

  /** Decides what goes on behind a layer; what stays of its K/V, at the latest when no more layers can be held. */
  private async settle({ layer, working, votes, thin, evict }: RunLayer, pass: PromptPass): Promise<void> {
    const { positions: rows } = pass;
    const positions = this.cache.positionsByHead(layer).map((before) => concatenated(before, rows));
    const length = positions[0].length;
    const keys = { tensor: working.keys, scales: null, length };
    const evicts = evict && outlook(evict, positions[0]).drops ? evict : null;
    const thins = thin && outlook(thin, rows).drops ? thin : null;
    const asked = evicts && this.ask(evicts, positions[0], keys, votes);
    const isSame = evicts !== null && thins !== null && votes.areSame(evicts, thins);
    const askedForRows = isSame ? asked : thins && this.ask(thins, rows, keys, votes);
    this.undecided.push({ layer, working, rows, positions, votes, evict: evicts, asked });
    if (!thins && this.undecided.length < pass.layersHeld) return;
    const scored = await this.decide(pass, askedForRows);
    if (!thins) return;
    const goOn = this.keptRows(layer, thins, rows, length, scored);
    this.note(droppedSpan(rows, goOn));
    pass.keep(goOn);
  }

  /** Null: the selection needs none. */
  private ask(
    selection: Selection,
    /** Places in the text, of what is selected from. */
    places: Int32Array,
    keys: LayerKeys,
    votes: VoteCollector,
  ): AskedScores | null {
    if (!outlook(selection, places).needsScores) return null;
    return this.scores.ask(keys, selection.scores, votes.voters(selection), (of) => votes.queriesOf(of));
  }

  /** Decides on the K/V of all layers that are held, and stores them. → the answer to `also` */
  private async decide(pass: PromptPass, also: AskedScores | null): Promise<Scored | null> {
    const asked = [...new Set([...this.undecided.map((layer) => layer.asked), also])].filter((one) => one !== null);
    const answers = await this.scores.answers(asked);
    const answerTo = (one: AskedScores | null) => (one ? answers[asked.indexOf(one)] : null);
    for (const { layer, working, rows, positions, votes, evict, asked } of this.undecided.splice(0)) {
      votes.release();
      this.voting.delete(votes);
      const kept = this.keptInCache(layer, evict, positions, answerTo(asked));
      positions.forEach((places, head) => {
        this.note(droppedSpan(places, kept[head]));
      });
      this.store(layer, working, rows, kept);
      pass.end(working);
    }
    return answerTo(also);
  }

  /** Rows that go on behind a layer. */
  private keptRows(
    layer: number,
    thin: Selection,
    /** Places in the text, [rows]. */
    rows: Int32Array,
    /** Of keys that were attended. */
    length: number,
    scored: Scored | null,
  ): Int32Array {
    if (!scored) return selectRows(thin, rows, new Float32Array());
    const { scores, attention } = scored;
    const history = length - rows.length;
    const [means] = meanOfHeads(scores, length, 1);
    const kept = selectRows(thin, rows, means.subarray(history));
    // What does not go on is missing from all layers behind this one.
    const seenThere = [...Array.from({ length: history }, (_, row) => row), ...kept.map((row) => history + row)];
    const lost = lostShare(attention, length, [Int32Array.from(seenThere)]);
    for (let behind = layer + 1; behind < this.lostAttention.length; behind++) this.noteLoss(behind, lost);
    return kept;
  }

  /** K/V rows that a layer keeps, by head. */
  private keptInCache(
    layer: number,
    evict: Selection | null,
    positions: Int32Array[],
    scored: Scored | null,
  ): HeadRows {
    if (!evict) {
      const all = everyRow(positions[0].length);
      return positions.map(() => all);
    }
    if (!scored) return selectByHead(evict, positions, new Float32Array());
    const kept = selectByHead(evict, positions, scored.scores);
    this.noteLoss(layer, lostShare(scored.attention, positions[0].length, kept));
    return kept;
  }

  /** New tokens are dropped at once; those of earlier turns once the prompt is read. */
  private store(layer: number, working: WorkingRows, newPositions: Int32Array, kept: HeadRows): void {
    const history = this.cache.length(layer);
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
