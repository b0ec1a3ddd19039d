import type { WorkingRows } from '../../kv/working-rows.js';
import type { ModelConfig } from '../../model/model-config.js';
import type { ModelSessions } from '../model-sessions.js';
import { type AnyTensor, type Float32Tensor, float32Tensor, int32Tensor, runOnce } from '../ort/session.js';
import type { AliveRows } from './alive-rows.js';
import { longestChunk } from './prefill.js';

/** Room for one layer's keys and values while a prompt is read: layer after layer works on the same memory. */
export function workingRows({ numKvHeads, headDim }: ModelConfig, capacity: number): WorkingRows {
  const rows = () => float32Tensor([1, numKvHeads, capacity, headDim]);
  return { keys: rows(), values: rows(), capacity };
}

/** Runs chunks of a prompt through one layer at a time. */
export class LayerRunner {
  private readonly lengths = int32Tensor([2]);
  /** [1, rows of the longest chunk so far, numHeads · headDim] */
  private queries = float32Tensor([1, 0, 0]);

  constructor(
    private readonly sessions: ModelSessions,
    private readonly working: WorkingRows,
  ) {}

  /** Tokens that one run may take. */
  get longestChunk(): number {
    return longestChunk(this.working.capacity);
  }

  /**
   * The rest of the layer before, and this layer's attention. Rows and their K/V are changed in place.
   * @param total rows of K/V in use once these are among them
   * @returns rotated queries of the chunk, [1, chunk, numHeads · headDim]; overwritten by the next run
   */
  async run(
    layer: number,
    { attention, residual, cos, sin }: ReturnType<AliveRows['chunk']>,
    total: number,
  ): Promise<Float32Tensor> {
    const { lengths, working } = this;
    const queries = this.queriesFor(attention);
    lengths.values.set([total - 1, total]);
    const before: Record<string, AnyTensor> = layer === 0 ? { hidden: residual } : { attention, residual };
    await runOnce(
      this.sessions.layers[layer],
      { ...before, cos, sin, lengths, [`pastKey.${layer}`]: working.keys, [`pastValue.${layer}`]: working.values },
      {
        attentionOut: attention,
        residualOut: residual,
        [`presentKey.${layer}`]: working.keys,
        [`presentValue.${layer}`]: working.values,
        [`query.${layer}`]: queries,
      },
    );
    return queries;
  }

  /** The rest of the last layer, and the head. → logits, [vocabSize] */
  async head({ attention, residual }: ReturnType<AliveRows['chunk']>): Promise<Float32Array> {
    const { layers, model } = this.sessions;
    const logits = float32Tensor([1, 1, model.config.vocabSize]);
    await runOnce(layers[model.config.numLayers], { attention, residual }, { logits });
    return logits.values;
  }

  /** As large as the attention of the same rows. */
  private queriesFor({ dims, values: { length } }: Float32Tensor): Float32Tensor {
    if (length > this.queries.values.length) this.queries = float32Tensor(dims);
    return { type: 'float32', dims, values: this.queries.values.subarray(0, length) };
  }
}
