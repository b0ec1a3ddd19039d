import type { KvCache } from '../kv/kv-cache.js';
import { type OneBudget, type ScoredLayer, selectUnderOneBudget } from '../kv/one-budget.js';
import type { TextExtent } from '../kv/policy.js';
import { droppedSpan } from '../kv/selection.js';
import { type DroppedSpan, united } from '../kv/text-history.js';
import type { WorkingRows } from '../kv/working-rows.js';
import type { RepeatPrompt } from '../text/repeat-prompt.js';
import { createScores } from './create-scores.js';
import type { ModelSessions } from './model-sessions.js';
import { openPass } from './open-pass.js';
import type { PromptPass } from './prompt-pass.js';
import { type Scores, whole } from './scores.js';

/** Tokens of the text that are repeated at once. */
const PART = 1024;
/** … at least, where the context has little room behind the text. */
const SHORTEST_PART = 64;
/** Tokens before a part by which it is asked for. */
const LEAD = 8;

/**
 * What the model needs of its cache to say the text once more: the largest attention that each cached row gets, from any
 * query head of its group, while the text is given behind the request to repeat it. Part after part, layer after layer, on
 * a layer's K/V as a copy, so that nothing of it is left in the cache; each step is short.
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

  /** @param tokens all that the cache has seen */
  constructor(
    private readonly sessions: ModelSessions,
    private readonly cache: KvCache,
    private readonly tokens: readonly number[],
    private readonly prompt: RepeatPrompt,
  ) {
    const { config } = sessions.model;
    this.scores = createScores(sessions);
    this.peaks = Array.from({ length: config.numLayers }, (_, layer) =>
      Array.from({ length: config.numKvHeads }, () => new Float32Array(cache.length(layer))),
    );
  }

  /** @yields after each step the share of the work that is done; nothing of the cache may change in between */
  async *run(): AsyncGenerator<number, ScoredLayer[], void> {
    const parts = this.parts();
    const steps = parts.length * this.sessions.model.config.numLayers;
    let done = 0;
    for (const part of parts) {
      for await (const _ of this.repeat(part)) yield ++done / steps;
    }
    return this.peaks.map((scores, layer) => ({
      positions: this.cache.positionsByHead(layer).map((places) => places.slice()),
      scores,
    }));
  }

  /** Of the text, each behind its request. */
  private parts(): number[][] {
    const { tokens, prompt } = this;
    const request = Math.max(prompt.start.length, prompt.goOn.length + LEAD);
    const room = this.cache.contextLength - tokens.length - request;
    const length = Math.min(PART, Math.max(SHORTEST_PART, room));
    const parts: number[][] = [];
    for (let from = 0; from < tokens.length; from += length) {
      const lead = from === 0 ? prompt.start : [...prompt.goOn, ...tokens.slice(from - LEAD, from)];
      parts.push([...lead, ...tokens.slice(from, from + length)]);
    }
    return parts;
  }

  /** @yields after each layer */
  private async *repeat(part: readonly number[]): AsyncGenerator<void, void, void> {
    const { cache, sessions } = this;
    const { config } = sessions.model;
    const start = Math.max(0, Math.min(this.tokens.length, cache.contextLength - part.length));
    const pass = openPass(sessions, cache, part, start);
    try {
      for (let layer = 0; layer < config.numLayers; layer++) {
        const working = pass.begin(layer);
        await this.throughLayer(layer, pass, working);
        pass.end(working);
        yield;
      }
    } finally {
      pass.release();
    }
  }

  private async throughLayer(layer: number, pass: PromptPass, working: WorkingRows): Promise<void> {
    const history = this.cache.length(layer);
    let from = 0;
    for (const length of pass.chunkLengths()) {
      const total = history + from + length;
      const every = Int32Array.from({ length }, (_, row) => row);
      const values = pass.collect(await pass.run(layer, from, length, total), every);
      const positions = pass.positions.subarray(from, from + length);
      const first = history + from;
      const keys = { tensor: working.keys, scales: null, length: total };
      const ownKeys = every.map((row) => first + row);
      const queries = { values: whole(values), positions, ownKeys };
      this.note(layer, await this.scores.peaks(keys, queries), total);
      if (!(values instanceof Float32Array)) values.release();
      from += length;
    }
  }

  /** @param attention of the query heads, [numHeads · total] */
  private note(layer: number, attention: Float32Array, total: number): void {
    const { numHeads, numKvHeads } = this.sessions.model.config;
    const groupSize = numHeads / numKvHeads;
    this.peaks[layer].forEach((peaks, kvHead) => {
      for (let head = kvHead * groupSize; head < (kvHead + 1) * groupSize; head++) {
        for (let row = 0; row < peaks.length; row++) {
          peaks[row] = Math.max(peaks[row], attention[head * total + row]);
        }
      }
    });
  }
}

const SINKS = 4;
/** Of all tokens seen, the newest that stay. */
const RECENT_SHARE = 0.2;

/** What a chat's cache has seen. */
export interface SeenText extends TextExtent {
  tokens: readonly number[];
  /** Where the present answer begins. */
  answerStart: number;
}

/**
 * Leaves `share` of all tokens seen, over all layers and heads together: those that the model needs most to say the text
 * again. Sinks, pins, the newest and the present answer stay. Broken off, nothing has changed.
 * @yields the share of the work that is done; nothing of the cache may change in between
 * @returns between which places something was dropped
 */
export async function* compactTo(
  share: number,
  sessions: ModelSessions,
  cache: KvCache,
  text: SeenText,
  prompt: RepeatPrompt,
): AsyncGenerator<number, DroppedSpan | null, void> {
  const scored = yield* new Reconstruction(sessions, cache, text.tokens, prompt).run();
  const { numLayers, numKvHeads } = cache.shape;
  const rows = Math.floor(share * text.tokens.length * numLayers * numKvHeads);
  const dropped = retainBest(cache, scored, { rows, isFixed: protectedPlaces(text) });
  cache.trim();
  return dropped;
}

/** Places of which nothing is dropped, however little they are needed to say the text again. */
function protectedPlaces({ tokensSeen, isPinned, answerStart }: SeenText): OneBudget['isFixed'] {
  const windowStart = Math.min(answerStart, tokensSeen - Math.ceil(RECENT_SHARE * tokensSeen));
  return (position) => position < SINKS || position >= windowStart || isPinned(position);
}

/** Drops what a budget has no room for. → between which places */
function retainBest(cache: KvCache, scored: readonly ScoredLayer[], budget: OneBudget): DroppedSpan | null {
  let dropped: DroppedSpan | null = null;
  for (const [layer, kept] of selectUnderOneBudget(scored, budget).entries()) {
    scored[layer].positions.forEach((places, head) => {
      dropped = united(dropped, droppedSpan(places, kept[head]));
    });
    cache.retain(layer, kept);
  }
  return dropped;
}
