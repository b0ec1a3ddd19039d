import { EngineError } from '../../errors.js';
import { inMegabytes } from '../../kv/compression.js';
import type { KvCache } from '../../kv/kv-cache.js';
import { type OneBudget, type ScoredLayer, selectUnderOneBudget } from '../../kv/one-budget.js';
import type { TextExtent } from '../../kv/policy.js';
import { presetConfig } from '../../kv/presets.js';
import type { HeadRows } from '../../kv/row-store.js';
import { droppedSpan } from '../../kv/selection.js';
import { type DroppedSpan, united } from '../../kv/text-history.js';
import type { WorkingRows } from '../../kv/working-rows.js';
import type { RepeatPrompt } from '../../text/repeat-prompt.js';
import type { ModelSessions } from '../model-sessions.js';
import { createScores } from '../reading/create-scores.js';
import { openPass } from '../reading/open-pass.js';
import type { PromptPass } from '../reading/prompt-pass.js';
import { passBytes } from '../reading/reading-room.js';
import { type Scores, whole } from '../reading/scores.js';
import { SlicePace } from './slice-pace.js';

/** Tokens of the text that are repeated at once. */
const PART = 1024;
/** … at least, where the context has little room behind the text. */
const SHORTEST_PART = 64;
/** Tokens before a part by which it is asked for. */
const LEAD = 8;

/** How much of a text has been said again: one step is one of its parts in one layer. */
export interface CompactingProgress {
  done: number;
  total: number;
}

export interface ReconstructionSubjects {
  sessions: ModelSessions;
  cache: KvCache;
  prompt: RepeatPrompt;
  /** Of the computer's memory; absent: not asked about. */
  freeBytes?: () => number;
}

/**
 * What the model needs of its cache to say the text once more: the largest attention that each cached row gets, from any
 * query head of its group, while the text is given behind the request to repeat it. Part after part, layer after layer, on
 * a layer's K/V as a copy, so that nothing of it is left in the cache; in slices of a few rows. In memory there is, beside
 * the cache, one layer's K/V in float32 and one part on its way, as while a prompt of that part's length is read.
 *
 * The request and a part stand behind the text. Where the context ends before them, parts get shorter; where not even
 * SHORTEST_PART would fit, they are placed back among the text's own places, as far as needed: what is attended goes by
 * index, and only distances become shorter.
 *
 * Source: Kim et al. 2025 (KVzip), section 3.
 */
export class Reconstruction {
  private readonly scores: Scores;
  private readonly peaks: Float32Array[][];
  private readonly pace = new SlicePace();
  /** Of the text, each behind its request. */
  private readonly parts: readonly number[][];

  /** @param tokens the text from its beginning on; rows of what follows in the cache get no score */
  constructor(
    private readonly subjects: ReconstructionSubjects,
    private readonly tokens: readonly number[],
  ) {
    const { sessions, cache } = subjects;
    const { config } = sessions.model;
    this.parts = this.partsOfText();
    this.scores = createScores(sessions);
    this.peaks = Array.from({ length: config.numLayers }, (_, layer) =>
      Array.from({ length: config.numKvHeads }, () => new Float32Array(cache.length(layer))),
    );
  }

  /** @yields after each slice; nothing of the cache may change in between */
  async *run(): AsyncGenerator<CompactingProgress, ScoredLayer[], void> {
    const { numLayers } = this.subjects.sessions.model.config;
    for (const [index, part] of this.parts.entries()) {
      for await (const layers of this.repeat(part)) yield { done: index * numLayers + layers, total: this.total };
    }
    return this.peaks.map((scores, layer) => ({
      positions: this.subjects.cache.positionsByHead(layer).map((places) => places.slice()),
      scores,
    }));
  }

  /** Steps that there are. */
  get total(): number {
    return this.parts.length * this.subjects.sessions.model.config.numLayers;
  }

  private partsOfText(): number[][] {
    const { tokens } = this;
    const { prompt } = this.subjects;
    const request = Math.max(prompt.start.length, prompt.goOn.length + LEAD);
    const room = this.subjects.cache.contextLength - tokens.length - request;
    const length = Math.min(PART, Math.max(SHORTEST_PART, room));
    const parts: number[][] = [];
    for (let from = 0; from < tokens.length; from += length) {
      const lead = from === 0 ? prompt.start : [...prompt.goOn, ...tokens.slice(from - LEAD, from)];
      parts.push([...lead, ...tokens.slice(from, from + length)]);
    }
    return parts;
  }

  /** @yields after each slice how many layers are done */
  private async *repeat(part: readonly number[]): AsyncGenerator<number, void, void> {
    const { cache, sessions } = this.subjects;
    const { config } = sessions.model;
    const start = Math.max(0, Math.min(this.tokens.length, cache.contextLength - part.length));
    const longest = Math.max(...Array.from({ length: config.numLayers }, (_, layer) => this.history(layer)));
    this.checkRoom(longest, part.length);
    const pass = openPass(sessions, cache, part, start);
    try {
      for (let layer = 0; layer < config.numLayers; layer++) {
        const working = pass.begin(layer, this.history(layer));
        yield layer;
        for await (const _ of this.throughLayer(layer, pass, working)) yield layer;
        pass.end(working);
      }
      yield config.numLayers;
    } finally {
      pass.release();
    }
  }

  private checkRoom(history: number, length: number): void {
    const { sessions, freeBytes } = this.subjects;
    const neededBytes = passBytes(sessions.model.config, { tokens: history + length, fresh: length });
    const free = freeBytes?.() ?? Number.POSITIVE_INFINITY;
    if (neededBytes <= free) return;
    throw new EngineError(
      'OUT_OF_MEMORY',
      `To tidy this chat’s memory takes ${inMegabytes(neededBytes)} for a while, but only ${inMegabytes(free)} of this computer's memory are free. ` +
        'It stays as it is. Close other programs; after the next message it is tried again.',
      { neededBytes, freeBytes: free },
    );
  }

  /** @yields after each slice */
  private async *throughLayer(layer: number, pass: PromptPass, working: WorkingRows): AsyncGenerator<void, void, void> {
    const history = this.history(layer);
    const rows = pass.positions.length;
    for (let from = 0; from < rows; ) {
      const startedAt = performance.now();
      const length = pass.chunkFrom(from, this.pace.next);
      const total = history + from + length;
      const every = Int32Array.from({ length }, (_, row) => row);
      const values = pass.collect(await pass.run(layer, from, length, total), every);
      const positions = pass.positions.subarray(from, from + length);
      const keys = { tensor: working.keys, scales: null, length: total };
      const ownKeys = every.map((row) => history + from + row);
      this.note(layer, await this.scores.peaks(keys, { values: whole(values), positions, ownKeys }), total);
      if (!(values instanceof Float32Array)) values.release();
      this.pace.took(length, performance.now() - startedAt);
      from += length;
      yield;
    }
  }

  /** Rows of the text that a layer holds, for each of its heads. */
  private history(layer: number): number {
    return this.subjects.cache.countBefore(layer, this.tokens.length);
  }

  /** @param attention of the query heads, [numHeads · total] */
  private note(layer: number, attention: Float32Array, total: number): void {
    const { numHeads, numKvHeads } = this.subjects.sessions.model.config;
    const groupSize = numHeads / numKvHeads;
    const history = this.history(layer);
    this.peaks[layer].forEach((peaks, kvHead) => {
      for (let head = kvHead * groupSize; head < (kvHead + 1) * groupSize; head++) {
        for (let row = 0; row < history; row++) {
          peaks[row] = Math.max(peaks[row], attention[head * total + row]);
        }
      }
    });
  }
}

const SINKS = 4;
/** Of what stays, the newest that do without being needed. */
const RECENT_SHARE = 0.4;

/** What a chat's cache has seen. */
export interface SeenText extends TextExtent {
  tokens: readonly number[];
  /** Where the present answer begins. */
  answerStart: number;
}

/** What compacting dropped, in view of the text up to `at`. */
export interface Compacted {
  at: number;
  dropped: DroppedSpan | null;
}

/**
 * Leaves `share` of all tokens seen, over all layers and heads together: those that the model needs most to say the text
 * again. Sinks, pins, the newest and the present answer stay. That answer is not looked at, so that it can be written
 * again behind what stays. Broken off, nothing has changed.
 * @yields after each slice; nothing of the cache may change in between
 * @throws EngineError OUT_OF_MEMORY, RUNTIME_FAILED; nothing has changed then
 */
export async function* compactTo(
  share: number,
  subjects: ReconstructionSubjects,
  text: SeenText,
): AsyncGenerator<CompactingProgress, Compacted, void> {
  const { cache } = subjects;
  const { tokens, answerStart } = text;
  // Where heads lost unequally many tokens of the text before the answer, one cannot look at them alone.
  const at = cache.canTruncate(answerStart) ? answerStart : tokens.length;
  const reconstruction = new Reconstruction(subjects, tokens.slice(0, at));
  const scored = yield* reconstruction.run();
  const { numLayers, numKvHeads } = cache.shape;
  const rows = Math.floor(share * tokens.length * numLayers * numKvHeads);
  const kept: HeadRows[] = [];
  const budget = { rows, isFixed: protectedPlaces(share, text), layerShares: layerShares(subjects.sessions) };
  for (const heads of selectUnderOneBudget(scored, budget)) {
    kept.push(heads);
    yield { done: reconstruction.total, total: reconstruction.total };
  }
  return { at, dropped: retain(cache, scored, kept) };
}

/** Places of which nothing is dropped, however little they are needed to say the text again. */
function protectedPlaces(share: number, { tokensSeen, isPinned, answerStart }: SeenText): OneBudget['isFixed'] {
  const windowStart = Math.min(answerStart, tokensSeen - Math.ceil(RECENT_SHARE * share * tokensSeen));
  return (position) => position < SINKS || position >= windowStart || isPinned(position);
}

/** How much each layer needs was measured for the model with the preset that keeps least. */
function layerShares({ model: { info, config } }: ModelSessions): readonly number[] | undefined {
  const { policy } = presetConfig('compact', { hash: info.hash, numLayers: config.numLayers });
  const share = policy.name === 'pyramidInfer' ? policy.cache?.share : undefined;
  return typeof share === 'object' ? share : undefined;
}

/** Drops all but the kept rows, at once. → between which places */
function retain(cache: KvCache, scored: readonly ScoredLayer[], kept: readonly HeadRows[]): DroppedSpan | null {
  let dropped: DroppedSpan | null = null;
  for (const [layer, heads] of kept.entries()) {
    scored[layer].positions.forEach((places, head) => {
      dropped = united(dropped, droppedSpan(places, heads[head]));
    });
    cache.retain(layer, heads);
  }
  cache.trim();
  return dropped;
}
