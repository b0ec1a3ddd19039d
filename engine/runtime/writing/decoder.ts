import type { KvCache } from '../../kv/kv-cache.js';
import type { ModelConfig } from '../../model/model-config.js';
import type { EmbeddingTable } from '../embedding.js';
import type { ModelSessions } from '../model-sessions.js';
import {
  type BoundRun,
  type Float32Tensor,
  float32Tensor,
  type Int32Tensor,
  int32Tensor,
  type Session,
} from '../ort/session.js';
import { RotaryTable } from '../rope.js';
import { bindRows, type DecoderRows, decoderRows, fillLengths } from './decoder-rows.js';
import type { DecoderOptions, TokenDecoder } from './token-decoder.js';

/** The processor's: any number of tokens a run. */
export class Decoder implements TokenDecoder {
  private logits: Float32Tensor;
  private readonly config: ModelConfig;
  private readonly rotary: RotaryTable;
  /** [2 · numLayers] */
  private readonly lengths: Int32Tensor;
  private rows: DecoderRows;
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
    this.rows = decoderRows(this.config, cache.kvType, 1);
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
      this.rows = decoderRows(config, cache.kvType, tokens.length);
      if (this.allLogits) this.logits = float32Tensor([1, tokens.length, config.vocabSize]);
    }
    cache.reserve(tokens.length);
    const positions = Int32Array.from(tokens, (_, i) => start + i);
    const { hidden, cos, sin, keys, values } = this.rows;
    this.embedding.lookUp(tokens, hidden.values);
    this.rotary.fill(positions, cos.values, sin.values);
    fillLengths(lengths.values, cache, tokens.length);
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

  private bind(): BoundRun {
    const { cache, lengths, logits } = this;
    return bindRows(this.session, this.rows, { lengths, logits }, [{ cache, suffix: '' }]);
  }
}
