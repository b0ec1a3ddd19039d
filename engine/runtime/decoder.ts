import type { KvCache } from '../kv/kv-cache.js';
import type { ConvertedModel } from '../model/converted-model.js';
import { buildDecoderGraph } from '../onnx/decoder-graph.js';
import { EmbeddingTable } from './embedding.js';
import { RotaryTable } from './rope.js';
import {
  type BoundRun,
  float32Tensor,
  int32Tensor,
  type Session,
  type SessionFactory,
  type Tensor,
} from './session.js';

/** The graph's inputs for chunks of one length, bound to the cache's present buffers. */
interface ChunkInputs {
  /** [1, chunk, hiddenSize] */
  hidden: ReturnType<typeof float32Tensor>;
  /** [chunk, headDim / 2] */
  cos: ReturnType<typeof float32Tensor>;
  sin: ReturnType<typeof float32Tensor>;
  bound: BoundRun;
}

/** Runs chunks of tokens through the model, their K/V into the cache. */
export class Decoder {
  /** By chunk length: kept for the lengths that come again, one row and a full prefill chunk. */
  private readonly chunks = new Map<number, ChunkInputs>();
  private readonly lengths: ReturnType<typeof int32Tensor>;
  private readonly logits: ReturnType<typeof float32Tensor>;
  private readonly rotary: RotaryTable;

  private constructor(
    private readonly model: ConvertedModel,
    private readonly session: Session,
    private readonly embedding: EmbeddingTable,
    private readonly cache: KvCache,
  ) {
    this.lengths = int32Tensor([2 * model.config.numLayers]);
    this.logits = float32Tensor([1, 1, model.config.vocabSize]);
    this.rotary = new RotaryTable(model.config);
  }

  static async create(
    model: ConvertedModel,
    factory: SessionFactory,
    threads: number,
    cache: KvCache,
  ): Promise<Decoder> {
    const session = await factory.create(buildDecoderGraph(model), { weightsFolder: model.folder, threads });
    return new Decoder(model, session, new EmbeddingTable(model), cache);
  }

  /** Makes room for `tokens` more at once, where it is known that they will come. */
  reserve(tokens: number): void {
    if (this.cache.reserve(tokens)) this.releaseChunks();
  }

  /**
   * Runs `tokens`, the first of them at position `start`, behind what the cache holds.
   * @returns logits of the last token, [vocabSize]; overwritten by the next run.
   * @throws EngineError RUNTIME_FAILED, OUT_OF_MEMORY; the cache then still counts what it held before.
   */
  async run(tokens: readonly number[], start: number): Promise<Float32Array> {
    this.reserve(tokens.length);
    const { hidden, cos, sin, bound } = this.inputsFor(tokens.length);
    this.embedding.lookUp(tokens, hidden.values);
    this.rotary.fill(start, cos.values, sin.values);
    const { numLayers } = this.model.config;
    for (let layer = 0; layer < numLayers; layer++) {
      const total = this.cache.length(layer) + tokens.length;
      this.lengths.values[layer] = total - 1;
      this.lengths.values[numLayers + layer] = total;
    }
    await bound.run();
    this.cache.append(tokens.length);
    return this.logits.values;
  }

  /** Frees what is kept for chunks of this length, when it will not come again soon. */
  releaseChunk(length: number): void {
    this.chunks.get(length)?.bound.release();
    this.chunks.delete(length);
  }

  async release(): Promise<void> {
    this.releaseChunks();
    this.embedding.close();
    await this.session.release();
  }

  private releaseChunks(): void {
    for (const length of [...this.chunks.keys()]) this.releaseChunk(length);
  }

  private inputsFor(length: number): ChunkInputs {
    const known = this.chunks.get(length);
    if (known) return known;
    const { hiddenSize, headDim } = this.model.config;
    const hidden = float32Tensor([1, length, hiddenSize]);
    const [cos, sin] = [float32Tensor([length, headDim / 2]), float32Tensor([length, headDim / 2])];
    const inputs: Record<string, Tensor> = { hidden, cos, sin, lengths: this.lengths };
    const outputs: Record<string, Tensor> = { logits: this.logits };
    for (let layer = 0; layer < this.model.config.numLayers; layer++) {
      inputs[`pastKey.${layer}`] = outputs[`presentKey.${layer}`] = this.cache.keys(layer);
      inputs[`pastValue.${layer}`] = outputs[`presentValue.${layer}`] = this.cache.values(layer);
    }
    const chunk = { hidden, cos, sin, bound: this.session.bind(inputs, outputs) };
    this.chunks.set(length, chunk);
    return chunk;
  }
}
