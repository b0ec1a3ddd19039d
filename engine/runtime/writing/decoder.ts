import type { KvCache } from '../../kv/kv-cache.js';
import type { ModelConfig } from '../../model/model-config.js';
import type { EmbeddingTable } from '../embedding.js';
import type { ModelSessions } from '../model-sessions.js';
import {
  type AnyTensor,
  type BoundRun,
  type Float32Tensor,
  float32Tensor,
  type Int32Tensor,
  int32Tensor,
  type Session,
} from '../ort/session.js';
import { RotaryTable } from '../rope.js';
import type { DecoderOptions, TokenDecoder } from './token-decoder.js';

/** What the whole model reads and writes for some rows. */
interface Rows {
  /** [1, rows, hiddenSize] */
  hidden: Float32Tensor;
  /** [rows, headDim / 2] */
  cos: Float32Tensor;
  sin: Float32Tensor;
  /** By layer, [1, rows, numHeads · headDim]. */
  queries: Float32Tensor[];
  /** By layer, with int8 K/V: [1, rows, numKvHeads · headDim]; empty otherwise. */
  keys: Float32Tensor[];
  values: Float32Tensor[];
}

/** The processor's: any number of tokens a run. */
export class Decoder implements TokenDecoder {
  private logits: Float32Tensor;
  private readonly config: ModelConfig;
  private readonly rotary: RotaryTable;
  /** [2 · numLayers] */
  private readonly lengths: Int32Tensor;
  private rows: Rows;
  /** The run bound to `rows` and to the cache's buffers as they were at a revision. */
  private bound: { run: BoundRun; revision: number } | null = null;

  private constructor(
    sessions: ModelSessions,
    private readonly session: Session,
    private readonly cache: KvCache,
    private readonly embedding: EmbeddingTable,
    private readonly allLogits: boolean,
  ) {
    this.config = sessions.model.config;
    this.logits = float32Tensor([1, 1, this.config.vocabSize]);
    this.rotary = new RotaryTable(this.config);
    this.lengths = int32Tensor([2 * this.config.numLayers]);
    this.rows = this.makeRows(1);
  }

  static async create(
    sessions: ModelSessions,
    cache: KvCache,
    { allLogits = false }: DecoderOptions,
  ): Promise<Decoder> {
    const session = await sessions.wholeModel(cache.kvType, allLogits);
    return new Decoder(sessions, session, cache, sessions.embedding, allLogits);
  }

  async run(tokens: readonly number[], start: number): Promise<Float32Array> {
    const { cache, config, lengths } = this;
    if (tokens.length !== this.rows.hidden.dims[1]) {
      this.unbind();
      this.rows = this.makeRows(tokens.length);
      if (this.allLogits) this.logits = float32Tensor([1, tokens.length, config.vocabSize]);
    }
    cache.reserve(tokens.length);
    const positions = Int32Array.from(tokens, (_, i) => start + i);
    const { hidden, cos, sin, keys, values } = this.rows;
    this.embedding.lookUp(tokens, hidden.values);
    this.rotary.fill(positions, cos.values, sin.values);
    for (let layer = 0; layer < config.numLayers; layer++) {
      const total = cache.length(layer) + tokens.length;
      lengths.values[layer] = total - 1;
      lengths.values[config.numLayers + layer] = total;
    }
    if (this.bound?.revision !== cache.revision) this.unbind();
    this.bound ??= { run: this.bind(), revision: cache.revision };
    await this.bound.run.run();
    for (let layer = 0; layer < config.numLayers; layer++) {
      const exact = keys.length > 0 ? { keys: keys[layer].values, values: values[layer].values } : undefined;
      cache.append(layer, positions, exact);
    }
    return this.logits.values;
  }

  queries(layer: number): Float32Array {
    return this.rows.queries[layer].values;
  }

  release(): void {
    this.unbind();
  }

  private unbind(): void {
    this.bound?.run.release();
    this.bound = null;
  }

  private makeRows(rows: number): Rows {
    const { config, cache } = this;
    const { numLayers, hiddenSize, headDim, numHeads, numKvHeads } = config;
    const ofLayers = (width: number) => Array.from({ length: numLayers }, () => float32Tensor([1, rows, width]));
    const exact = cache.kvType === 'int8' ? () => ofLayers(numKvHeads * headDim) : () => [];
    return {
      hidden: float32Tensor([1, rows, hiddenSize]),
      cos: float32Tensor([rows, headDim / 2]),
      sin: float32Tensor([rows, headDim / 2]),
      queries: ofLayers(numHeads * headDim),
      keys: exact(),
      values: exact(),
    };
  }

  private bind(): BoundRun {
    const { cache, lengths, logits } = this;
    const { hidden, cos, sin, queries, keys, values } = this.rows;
    const inputs: Record<string, AnyTensor> = { hidden, cos, sin, lengths };
    const outputs: Record<string, AnyTensor> = { logits };
    for (let layer = 0; layer < this.config.numLayers; layer++) {
      inputs[`pastKey.${layer}`] = outputs[`presentKey.${layer}`] = cache.keys(layer);
      inputs[`pastValue.${layer}`] = outputs[`presentValue.${layer}`] = cache.values(layer);
      outputs[`query.${layer}`] = queries[layer];
      const scales = cache.scales(layer);
      if (!scales) continue;
      inputs[`keyScale.${layer}`] = scales.keys;
      inputs[`valueScale.${layer}`] = scales.values;
      outputs[`key.${layer}`] = keys[layer];
      outputs[`value.${layer}`] = values[layer];
    }
    return this.session.bind(inputs, outputs);
  }
}
