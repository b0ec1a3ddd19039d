import type { KvCache } from '../kv/kv-cache.js';
import type { ModelConfig } from '../model/model-config.js';
import { buildScoreGraph } from '../onnx/score-graph.js';
import { float32Tensor, type Session, type SessionFactory } from './session.js';

/** Query rows a run: bounds the memory for their attention to numHeads · rows · cached tokens floats. */
const ROWS_PER_RUN = 64;

/** Rotated queries of the last tokens that were run, oldest first. */
export interface QueryRows {
  /** [rows, numHeads · headDim] */
  values: Float32Array<ArrayBuffer>;
  rows: number;
}

/** Attention of recent queries over a layer's cache, recomputed where a policy asks for it. */
export class AttentionScores {
  private constructor(
    private readonly session: Session,
    private readonly config: Pick<ModelConfig, 'numHeads' | 'headDim'>,
  ) {}

  static async create(config: ModelConfig, factory: SessionFactory, threads: number): Promise<AttentionScores> {
    return new AttentionScores(await factory.create(buildScoreGraph(config), { threads, takesTurns: true }), config);
  }

  /**
   * Mean over heads of the weighted attention that each cached token of a layer gets from `queries`, whose own keys are
   * the layer's last rows.
   * @param weights of the query rows, adding up to 1, [rows]
   * @returns [tokens in the layer's cache]
   */
  async score(cache: KvCache, layer: number, queries: QueryRows, weights: Float32Array): Promise<Float32Array> {
    const scores = new Float32Array(cache.length(layer));
    for (let from = 0; from < queries.rows; from += ROWS_PER_RUN) {
      const to = Math.min(from + ROWS_PER_RUN, queries.rows);
      await this.addRows(scores, cache, layer, queries, from, to, weights);
    }
    return scores;
  }

  release(): Promise<void> {
    return this.session.release();
  }

  private async addRows(
    scores: Float32Array,
    cache: KvCache,
    layer: number,
    { values, rows: allRows }: QueryRows,
    from: number,
    to: number,
    weights: Float32Array,
  ): Promise<void> {
    const { numHeads, headDim } = this.config;
    const [rows, length, width] = [to - from, scores.length, numHeads * headDim];
    const output = float32Tensor([numHeads, 1, length]);
    const weight = float32Tensor([1, rows]);
    weight.values.set(weights.subarray(from, to));
    const lastKey = BigInt64Array.from({ length: rows }, (_, i) => BigInt(length - allRows + from + i));
    const bound = this.session.bind(
      {
        query: { type: 'float32', dims: [1, rows, width], values: values.subarray(from * width, to * width) },
        keys: cache.keys(layer),
        length: { type: 'int64', dims: [1], values: BigInt64Array.of(BigInt(length)) },
        lastKey: { type: 'int64', dims: [rows, 1], values: lastKey },
        weight,
      },
      { scores: output },
    );
    try {
      await bound.run();
    } finally {
      bound.release();
    }
    for (let head = 0; head < numHeads; head++) {
      for (let token = 0; token < length; token++) scores[token] += output.values[head * length + token] / numHeads;
    }
  }
}
