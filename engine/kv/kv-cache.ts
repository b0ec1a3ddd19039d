import { EngineError } from '../errors.js';
import type { ModelConfig } from '../model/model-config.js';
import { float32Tensor, type Tensor } from '../runtime/session.js';

/** Room is made in steps of this many tokens … */
const CAPACITY_STEP = 256;
/** … and by at least this factor, so that a growing chat is copied a few times only. */
const GROWTH = 1.5;

type Float32Buffer = Tensor & { values: Float32Array<ArrayBuffer> };

interface LayerCache {
  /** [1, numKvHeads, capacity, headDim]; the first `length` rows of each head are in use. */
  keys: Float32Buffer;
  values: Float32Buffer;
  capacity: number;
  length: number;
}

type CacheShape = Pick<ModelConfig, 'numLayers' | 'numKvHeads' | 'headDim'>;

/** K and V of every layer. The only owner of that memory; ONNX Runtime writes new rows into it in place. */
export class KvCache {
  private layers: LayerCache[];

  constructor(
    readonly shape: CacheShape,
    readonly contextLength: number,
  ) {
    this.layers = Array.from({ length: shape.numLayers }, () => this.emptyLayer());
  }

  length(layer: number): number {
    return this.layers[layer].length;
  }

  /** Tokens for which the layer's buffers have room. */
  capacity(layer: number): number {
    return this.layers[layer].capacity;
  }

  /** [1, numKvHeads, capacity, headDim] */
  keys(layer: number): Tensor {
    return this.layers[layer].keys;
  }

  /** [1, numKvHeads, capacity, headDim] */
  values(layer: number): Tensor {
    return this.layers[layer].values;
  }

  /** Bytes of K and V of one token in one layer. */
  get bytesPerToken(): number {
    return 2 * this.shape.numKvHeads * this.shape.headDim * Float32Array.BYTES_PER_ELEMENT;
  }

  /**
   * Makes room for `tokens` more in every layer. True: buffers were replaced, and what was bound to them must be bound
   * anew.
   * @throws EngineError OUT_OF_MEMORY; the cache is then as it was.
   */
  reserve(tokens: number): boolean {
    const grown = this.layers.map((layer) => {
      const needed = layer.length + tokens;
      return needed <= layer.capacity ? layer : this.enlarge(layer, needed);
    });
    const replaced = grown.some((layer, i) => layer !== this.layers[i]);
    this.layers = grown;
    return replaced;
  }

  /** Counts rows that a run has just written behind each layer's length. */
  append(tokens: number): void {
    for (const layer of this.layers) layer.length += tokens;
  }

  /** Forgets all but the first `tokens` of each layer; its memory stays. */
  truncate(tokens: number): void {
    for (const layer of this.layers) layer.length = Math.min(layer.length, tokens);
  }

  /** Gives the memory back. */
  clear(): void {
    this.layers = this.layers.map(() => this.emptyLayer());
  }

  private emptyLayer(): LayerCache {
    return { keys: this.buffer(0), values: this.buffer(0), capacity: 0, length: 0 };
  }

  private enlarge(layer: LayerCache, needed: number): LayerCache {
    const wanted = Math.max(needed, Math.floor(layer.capacity * GROWTH));
    const rounded = Math.ceil(wanted / CAPACITY_STEP) * CAPACITY_STEP;
    const capacity = Math.max(needed, Math.min(rounded, this.contextLength));
    const [keys, values] = [this.buffer(capacity), this.buffer(capacity)];
    this.copyRows(layer.keys, layer, keys, capacity);
    this.copyRows(layer.values, layer, values, capacity);
    return { keys, values, capacity, length: layer.length };
  }

  private copyRows(from: Float32Buffer, layer: LayerCache, to: Float32Buffer, capacity: number): void {
    const { numKvHeads, headDim } = this.shape;
    for (let head = 0; head < numKvHeads; head++) {
      const start = head * layer.capacity * headDim;
      to.values.set(from.values.subarray(start, start + layer.length * headDim), head * capacity * headDim);
    }
  }

  private buffer(capacity: number): Float32Buffer {
    const { numKvHeads, headDim } = this.shape;
    try {
      return float32Tensor([1, numKvHeads, capacity, headDim]);
    } catch (cause) {
      throw new EngineError(
        'OUT_OF_MEMORY',
        `No memory for a cache of ${capacity} tokens. Start a new chat, or close other programs.`,
        { tokens: capacity },
        { cause },
      );
    }
  }
}
