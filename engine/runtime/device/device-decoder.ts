import type { KvCache } from '../../kv/kv-cache.js';
import type { ModelConfig } from '../../model/model-config.js';
import { stepLength } from '../../onnx/device-graphs.js';
import type { ModelSessions } from '../model-sessions.js';
import {
  type AnyTensor,
  type BoundRun,
  type DeviceMemory,
  type DeviceTensor,
  type Float32Tensor,
  float32Tensor,
  type Int32Tensor,
  int32Tensor,
  type Session,
} from '../ort/session.js';
import { RotaryTable } from '../rope.js';
import type { DecoderOptions, TokenDecoder } from '../writing/token-decoder.js';

/** Runs one token after another through all layers on a device; where it can, the run is recorded and replayed. */
export class DeviceDecoder implements TokenDecoder {
  /** [1, stepLength] */
  private readonly step: Float32Tensor;
  /** [1, vocabSize + numLayers · numHeads · headDim] */
  private readonly result: Float32Tensor;
  private readonly logits: Float32Array;
  /** By layer, [1]. */
  private readonly totals: Int32Tensor[];
  private readonly rotary: RotaryTable;
  private readonly config: ModelConfig;
  /** The run bound to the cache's buffers as they were at a revision. */
  private bound: { run: BoundRun; revision: number; held: DeviceTensor[] } | null = null;

  private constructor(
    private readonly sessions: ModelSessions,
    private readonly session: Session,
    private readonly device: DeviceMemory,
    private readonly cache: KvCache,
    private readonly options: DecoderOptions,
  ) {
    const { config } = sessions.model;
    this.config = config;
    this.rotary = new RotaryTable(config);
    this.step = float32Tensor([1, stepLength(config)]);
    this.result = float32Tensor([1, config.vocabSize + config.numLayers * config.numHeads * config.headDim]);
    this.logits = this.result.values.subarray(0, config.vocabSize);
    this.totals = Array.from({ length: config.numLayers }, () => int32Tensor([1]));
  }

  static async create(
    sessions: ModelSessions,
    device: DeviceMemory,
    cache: KvCache,
    options: DecoderOptions,
  ): Promise<DeviceDecoder> {
    return new DeviceDecoder(sessions, await sessions.wholeModel(cache.kvType), device, cache, options);
  }

  async run(tokens: readonly number[], start: number): Promise<Float32Array> {
    const { vocabSize } = this.config;
    if (!this.options.allLogits) {
      for (const [i, token] of tokens.entries()) await this.runOne(token, start + i);
      return this.logits;
    }
    const all = new Float32Array(tokens.length * vocabSize);
    for (const [i, token] of tokens.entries()) {
      await this.runOne(token, start + i);
      all.set(this.logits, i * vocabSize);
    }
    return all;
  }

  queries(layer: number): Float32Array {
    const { vocabSize, numHeads, headDim } = this.config;
    const width = numHeads * headDim;
    return this.result.values.subarray(vocabSize + layer * width, vocabSize + (layer + 1) * width);
  }

  release(): void {
    this.unbind();
  }

  private async runOne(token: number, position: number): Promise<void> {
    const { cache, totals } = this;
    const { hiddenSize, headDim, numLayers } = this.config;
    cache.reserve(1);
    const { values } = this.step;
    const half = headDim / 2;
    const places = Int32Array.of(position);
    const [cos, sin, lengths] = [hiddenSize, hiddenSize + half, hiddenSize + headDim];
    this.sessions.embedding.lookUp([token], values.subarray(0, hiddenSize));
    this.rotary.fill(places, values.subarray(cos, sin), values.subarray(sin, lengths));
    for (let layer = 0; layer < numLayers; layer++) {
      values[lengths + layer] = cache.length(layer);
      totals[layer].values[0] = cache.length(layer) + 1;
    }
    if (this.bound?.revision !== cache.revision) this.unbind();
    this.bound ??= { ...this.bind(), revision: cache.revision };
    await this.bound.run.run();
    for (let layer = 0; layer < numLayers; layer++) cache.append(layer, places);
  }

  private unbind(): void {
    this.bound?.run.release();
    for (const tensor of this.bound?.held ?? []) tensor.release();
    this.bound = null;
  }

  private bind(): { run: BoundRun; held: DeviceTensor[] } {
    const { cache, device, result, step, totals } = this;
    const known = new Map<number, DeviceTensor>();
    const capacityOf = (layer: number) => {
      const capacity = cache.capacity(layer);
      const tensor = known.get(capacity) ?? device.tensor([1], 'int32');
      if (!known.has(capacity)) device.write(tensor, Int32Array.of(capacity));
      known.set(capacity, tensor);
      return tensor;
    };
    const inputs: Record<string, AnyTensor> = { step };
    const outputs: Record<string, AnyTensor> = { result };
    for (let layer = 0; layer < this.config.numLayers; layer++) {
      inputs[`total.${layer}`] = device.traits.graphCapture ? capacityOf(layer) : totals[layer];
      inputs[`pastKey.${layer}`] = outputs[`presentKey.${layer}`] = cache.keys(layer);
      inputs[`pastValue.${layer}`] = outputs[`presentValue.${layer}`] = cache.values(layer);
    }
    return { run: this.session.bind(inputs, outputs), held: [...known.values()] };
  }
}
