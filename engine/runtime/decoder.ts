import type { KvCache } from '../kv/kv-cache.js';
import type { ConvertedModel } from '../model/converted-model.js';
import { attentionLayers, buildSegmentGraph, type Segment, segmentsBetween } from '../onnx/segment-graph.js';
import { type ChunkBuffers, chunkBuffers, firstRows } from './chunk-buffers.js';
import { EmbeddingTable } from './embedding.js';
import { RotaryTable } from './rope.js';
import {
  type BoundRun,
  type Float32Tensor,
  float32Tensor,
  type Int32Tensor,
  int32Tensor,
  type Session,
  type SessionFactory,
  type Tensor,
} from './session.js';

/** Where tokens may be dropped, and what policies need to choose them. */
export interface DecoderShape {
  /** Layers after whose attention tokens may be dropped, ascending, all before the last layer. */
  cuts: readonly number[];
  /** Layers whose rotated queries are given out. */
  queryLayers: readonly number[];
}

/** Buffers of one chunk length, and the segments' runs bound to them so far. */
interface Chunk {
  buffers: ChunkBuffers;
  runs: Map<number, BoundRun>;
}

/** Runs chunks of tokens through the model, segment by segment, their K/V into the cache. */
export class Decoder {
  /** By chunk length; views of one memory, that of the longest chunk so far. */
  private readonly chunks = new Map<number, Chunk>();
  private memory: ChunkBuffers;
  private memoryRows = 0;
  /** By segment: [2 · layers of the segment]. */
  private readonly lengths: Int32Tensor[];
  /** Of the last token run through the last segment, [1, 1, vocabSize]; overwritten by the next run. */
  readonly logits: Float32Tensor;
  private readonly rotary: RotaryTable;

  private constructor(
    readonly model: ConvertedModel,
    readonly segments: readonly Segment[],
    private readonly sessions: readonly Session[],
    private readonly embedding: EmbeddingTable,
    private readonly cache: KvCache,
  ) {
    this.lengths = segments.map((segment) => {
      const { first, last } = this.layersOf(segment);
      return int32Tensor([2 * (last - first + 1)]);
    });
    this.memory = chunkBuffers(model.config, segments, 0);
    this.logits = float32Tensor([1, 1, model.config.vocabSize]);
    this.rotary = new RotaryTable(model.config);
  }

  static async create(
    model: ConvertedModel,
    factory: SessionFactory,
    threads: number,
    cache: KvCache,
    { cuts, queryLayers }: DecoderShape = { cuts: [], queryLayers: [] },
  ): Promise<Decoder> {
    const segments = segmentsBetween(cuts, queryLayers, model.config.numLayers);
    const options = { weightsFolder: model.folder, threads, takesTurns: segments.length > 1 };
    const sessions: Session[] = [];
    try {
      for (const segment of segments) sessions.push(await factory.create(buildSegmentGraph(model, segment), options));
      return new Decoder(model, segments, sessions, new EmbeddingTable(model), cache);
    } catch (error) {
      for (const session of sessions) await session.release();
      throw error;
    }
  }

  /** Makes room for `tokens` more in every layer at once, where it is known that they will come. */
  reserve(tokens: number): void {
    for (const index of this.segments.keys()) this.reserveSegment(index, tokens);
  }

  /** Makes room for `tokens` more in the layers of one segment. */
  reserveSegment(index: number, tokens: number): void {
    const { first, last } = this.layersOf(this.segments[index]);
    if (this.cache.reserve(tokens, first, last)) for (const { runs } of this.chunks.values()) unbind(runs, index);
  }

  /**
   * Runs `tokens`, the first of them at position `start`, through all segments, behind what the cache holds.
   * @returns logits of the last token, [vocabSize]; overwritten by the next run.
   * @throws EngineError RUNTIME_FAILED, OUT_OF_MEMORY; layers then hold the tokens or not.
   */
  async run(tokens: readonly number[], start: number): Promise<Float32Array> {
    this.reserve(tokens.length);
    const positions = Int32Array.from(tokens, (_, i) => start + i);
    this.embed(tokens);
    for (const index of this.segments.keys()) await this.runSegment(index, positions);
    return this.logits.values;
  }

  /** Writes the embedding rows of a chunk where its first segment reads them. */
  embed(tokens: readonly number[]): void {
    this.embedding.lookUp(tokens, this.buffers(tokens.length).hidden.values);
  }

  /**
   * Runs one segment on the rows that stand in its input buffers; there must be room for them in its layers.
   * @param positions of the rows in the text, ascending, [chunk]
   */
  async runSegment(index: number, positions: Int32Array): Promise<void> {
    const { buffers, runs } = this.chunk(positions.length);
    this.rotary.fill(positions, buffers.cos.values, buffers.sin.values);
    const { first, last } = this.layersOf(this.segments[index]);
    const lengths = this.lengths[index].values;
    for (let layer = first; layer <= last; layer++) {
      const total = this.cache.length(layer) + positions.length;
      lengths[layer - first] = total - 1;
      lengths[last - first + 1 + layer - first] = total;
    }
    const run = runs.get(index) ?? this.bind(index, buffers);
    runs.set(index, run);
    await run.run();
    for (let layer = first; layer <= last; layer++) this.cache.append(layer, positions);
  }

  /** Inputs and outputs for chunks of this length. */
  buffers(length: number): ChunkBuffers {
    return this.chunk(length).buffers;
  }

  /** Frees what is bound for chunks of lengths that will not come again soon: all but single rows and the longest. */
  releaseOddChunks(): void {
    for (const length of [...this.chunks.keys()]) {
      if (length !== 1 && length !== this.memoryRows) this.releaseChunk(length);
    }
  }

  async release(): Promise<void> {
    for (const length of [...this.chunks.keys()]) this.releaseChunk(length);
    this.embedding.close();
    for (const session of this.sessions) await session.release();
  }

  private chunk(length: number): Chunk {
    if (length > this.memoryRows) {
      for (const known of [...this.chunks.keys()]) this.releaseChunk(known);
      this.memory = chunkBuffers(this.model.config, this.segments, length);
      this.memoryRows = length;
    }
    const chunk = this.chunks.get(length) ?? { buffers: firstRows(this.memory, length), runs: new Map() };
    this.chunks.set(length, chunk);
    return chunk;
  }

  private releaseChunk(length: number): void {
    const runs = this.chunks.get(length)?.runs;
    for (const index of this.segments.keys()) if (runs) unbind(runs, index);
    this.chunks.delete(length);
  }

  private layersOf(segment: Segment) {
    return attentionLayers(segment, this.model.config.numLayers);
  }

  private bind(index: number, { hidden, cos, sin, cuts, queries }: ChunkBuffers): BoundRun {
    const segment = this.segments[index];
    const before = cuts[index - 1];
    const inputs: Record<string, Tensor> = { cos, sin, lengths: this.lengths[index] };
    if (before) Object.assign(inputs, { attention: before.attention, residual: before.residual });
    else inputs.hidden = hidden;
    const behind = cuts[index];
    const outputs: Record<string, Tensor> = behind
      ? { attentionOut: behind.attention, residualOut: behind.residual }
      : { logits: this.logits };
    const { first, last } = this.layersOf(segment);
    for (let layer = first; layer <= last; layer++) {
      inputs[`pastKey.${layer}`] = outputs[`presentKey.${layer}`] = this.cache.keys(layer);
      inputs[`pastValue.${layer}`] = outputs[`presentValue.${layer}`] = this.cache.values(layer);
    }
    for (const layer of segment.queryLayers) {
      const tensor = queries.get(layer);
      if (tensor) outputs[`query.${layer}`] = tensor;
    }
    return this.sessions[index].bind(inputs, outputs);
  }
}

function unbind(runs: Map<number, BoundRun>, index: number): void {
  runs.get(index)?.release();
  runs.delete(index);
}
