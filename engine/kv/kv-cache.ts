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
  /** Place in the text of each row in use, ascending, [capacity]; rotary embedding was made for it and never changes. */
  positions: Int32Array;
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
   * Makes room for `tokens` more in layers `first … last`. True: buffers were replaced, and what was bound to them must
   * be bound anew.
   * @throws EngineError OUT_OF_MEMORY; the cache is then as it was.
   */
  reserve(tokens: number, first = 0, last = this.layers.length - 1): boolean {
    const grown = this.layers.map((layer, i) => {
      const needed = layer.length + tokens;
      return i < first || i > last || needed <= layer.capacity ? layer : this.enlarge(layer, needed);
    });
    const replaced = grown.some((layer, i) => layer !== this.layers[i]);
    this.layers = grown;
    return replaced;
  }

  /** Place in the text of each cached row of a layer, ascending; a view, valid until the layer changes. */
  positions(layer: number): Int32Array {
    const { positions, length } = this.layers[layer];
    return positions.subarray(0, length);
  }

  /** Counts rows that a run has just written behind the layer's length. `positions`: their places in the text. */
  append(layer: number, positions: Int32Array): void {
    const cache = this.layers[layer];
    cache.positions.set(positions, cache.length);
    cache.length += positions.length;
  }

  /** Forgets every row of the text from place `position` on; its memory stays. */
  truncate(position: number): void {
    for (const layer of this.layers) {
      const beyond = layer.positions.subarray(0, layer.length).findIndex((place) => place >= position);
      if (beyond >= 0) layer.length = beyond;
    }
  }

  /** Gives the memory back. */
  clear(): void {
    this.layers = this.layers.map(() => this.emptyLayer());
  }

  private emptyLayer(): LayerCache {
    return { keys: this.buffer(0), values: this.buffer(0), capacity: 0, length: 0, positions: new Int32Array(0) };
  }

  private enlarge(layer: LayerCache, needed: number): LayerCache {
    const wanted = Math.max(needed, Math.floor(layer.capacity * GROWTH));
    const rounded = Math.ceil(wanted / CAPACITY_STEP) * CAPACITY_STEP;
    const capacity = Math.max(needed, Math.min(rounded, this.contextLength));
    const [keys, values] = [this.buffer(capacity), this.buffer(capacity)];
    this.copyRows(layer.keys, layer, keys, capacity);
    this.copyRows(layer.values, layer, values, capacity);
    const positions = new Int32Array(capacity);
    positions.set(layer.positions.subarray(0, layer.length));
    return { keys, values, capacity, length: layer.length, positions };
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
