import type { KvCache } from '../kv/kv-cache.js';
import { type PyramidInferConfig, planPrompt } from '../kv/policy.js';
import { contextShares, selectionLayers } from '../kv/schedule.js';
import type { ConvertedModel } from '../model/converted-model.js';
import { AttentionScores } from './attention-scores.js';
import { Decoder } from './decoder.js';
import { MIN_PREFILL, prefill } from './prefill.js';
import { pyramidPrefill } from './pyramid-prefill.js';
import type { SessionFactory } from './session.js';

export interface ReadingProgress {
  /** Prompt tokens read, as far as one can say: with a pyramid, the share of the work that is done. */
  processed: number;
  /** Tokens, from the text's first, that every layer is done with: what can be kept if reading stops here. */
  cached: number;
}

/** How a prompt gets into the cache. */
export interface PromptReader {
  readonly decoder: Decoder;
  /** Of so many tokens that stand unchanged at the text's beginning: how many need not be read again. */
  reusable(unchanged: number): number;
  /** Reads `prompt` from index `from` on, behind what the cache holds. @returns logits of the last token, [vocabSize] */
  read(prompt: readonly number[], from: number): AsyncGenerator<ReadingProgress, Float32Array, void>;
  release(): Promise<void>;
}

export interface ReaderParts {
  model: ConvertedModel;
  factory: SessionFactory;
  threads: number;
  cache: KvCache;
}

/** Every token through every layer, if no configuration is given; PyramidInfer otherwise. */
export async function createPromptReader(parts: ReaderParts, config: PyramidInferConfig | null): Promise<PromptReader> {
  const { model, factory, threads, cache } = parts;
  if (config) return PyramidReader.create(parts, config);
  return new FullReader(await Decoder.create(model, factory, threads, cache));
}

class FullReader implements PromptReader {
  constructor(readonly decoder: Decoder) {}

  reusable(unchanged: number): number {
    return unchanged;
  }

  async *read(prompt: readonly number[], from: number): AsyncGenerator<ReadingProgress, Float32Array, void> {
    const chunks = prefill(this.decoder, prompt, from);
    for (;;) {
      const step = await chunks.next();
      if (step.done) return step.value;
      yield { processed: step.value, cached: step.value };
    }
  }

  release(): Promise<void> {
    return this.decoder.release();
  }
}

class PyramidReader implements PromptReader {
  /** Stretches of the text that were thinned as a whole, ascending: the new parts of earlier prompts. */
  private thinned: { from: number; to: number }[] = [];

  private constructor(
    readonly decoder: Decoder,
    private readonly cache: KvCache,
    private readonly scores: AttentionScores,
    private readonly config: PyramidInferConfig,
  ) {}

  static async create(
    { model, factory, threads, cache }: ReaderParts,
    config: PyramidInferConfig,
  ): Promise<PyramidReader> {
    const cuts = selectionLayers(contextShares(config.schedule, model.config.numLayers, config.layerInterval));
    const decoder = await Decoder.create(model, factory, threads, cache, { cuts, queryLayers: cuts });
    try {
      return new PyramidReader(decoder, cache, await AttentionScores.create(model.config, factory, threads), config);
    } catch (error) {
      await decoder.release();
      throw error;
    }
  }

  /**
   * Within a thinned stretch, what was kept was chosen in view of text that an edit took away: the whole stretch is read
   * again. Its last rows may be: they voted, and are all there.
   */
  reusable(unchanged: number): number {
    const cut = this.thinned.find(({ from, to }) => from < unchanged && unchanged < to - MIN_PREFILL);
    return cut ? cut.from : unchanged;
  }

  async *read(prompt: readonly number[], from: number): AsyncGenerator<ReadingProgress, Float32Array, void> {
    const { decoder, cache, scores, config } = this;
    const plan = planPrompt(config, decoder.model.config.numLayers, { promptStart: from, tokensSeen: prompt.length });
    this.thinned = this.thinned.filter(({ to }) => to - MIN_PREFILL <= from);
    if (plan.contextCounts.some((count) => count < plan.windowStart - from))
      this.thinned.push({ from, to: prompt.length });
    const segments = pyramidPrefill({ decoder, cache, scores }, prompt.slice(from), from, plan);
    for (;;) {
      const step = await segments.next();
      if (step.done) {
        yield { processed: prompt.length, cached: prompt.length };
        return step.value;
      }
      const { rowsDone, rowsTotal } = step.value;
      const processed = from + Math.floor(((prompt.length - from) * rowsDone) / rowsTotal);
      yield { processed: Math.min(processed, prompt.length - 1), cached: from };
    }
  }

  async release(): Promise<void> {
    await this.scores.release();
    await this.decoder.release();
  }
}
