import { EngineError } from '../errors.js';
import type { ModelConfig } from '../model/model-config.js';
import type { AnyTensor, DeviceMemory, Float32Tensor } from '../runtime/ort/session.js';
import type { KvType } from '../types.js';
import { countBefore, withMemory } from './cache-memory.js';
import { DeviceRows } from './device-rows.js';
import { Int8Rows } from './int8-rows.js';
import { type LayerCache, type LayerOutline, layerArrays, layerOutline, release, resized } from './layer-cache.js';
import { Float32Rows, type HeadRows, type RowStore } from './row-store.js';
import { placesOf, type WorkingRows, working, workingOn } from './working-rows.js';

/** Room is made in steps of this many tokens … */
const CAPACITY_STEP = 32;
/** On a device, where a captured run is recorded anew for other buffers. */
const DEVICE_CAPACITY_STEP = 256;
/** … or of this share of what is held, so that a growing chat is copied a few times only, and memory follows what is kept. */
const GROWTH = 1 / 16;

export type CacheShape = Pick<ModelConfig, 'numLayers' | 'numKvHeads' | 'headDim'>;

/** Bytes of an element of K and V. */
export const KV_ELEMENT_BYTES: Readonly<Record<KvType, number>> = { int8: 1, float16: 2, float32: 4 };

/** K and V of every layer. The only writer of that memory but for ONNX Runtime, which puts new rows behind the others. */
export class KvCache {
  private layers: LayerCache[];
  /** Counts how often buffers were replaced: what was bound to them must then be bound anew. */
  revision = 0;

  constructor(
    readonly shape: CacheShape,
    readonly contextLength: number,
    readonly kvType: KvType,
    /** Where they are; absent: in our memory. `kvType` is then the type that it computes in. */
    private readonly device?: DeviceMemory,
  ) {
    this.layers = this.emptyLayers();
  }

  length(layer: number): number {
    return this.layers[layer].length;
  }

  /** Tokens for which the layer's buffers have room. */
  capacity(layer: number): number {
    return this.layers[layer].capacity;
  }

  /** [1, numKvHeads, capacity, headDim] */
  keys(layer: number): AnyTensor {
    return this.layers[layer].keys.tensor;
  }

  /** [1, numKvHeads, capacity, headDim] */
  values(layer: number): AnyTensor {
    return this.layers[layer].values.tensor;
  }

  /** With int8: what keys and values are multiplied by, each [1, numKvHeads, 1, headDim]. */
  scales(layer: number): { keys: Float32Tensor; values: Float32Tensor } | null {
    const [keys, values] = [this.layers[layer].keys.scales, this.layers[layer].values.scales];
    return keys && values ? { keys, values } : null;
  }

  /** Place in the text of each row of a head, ascending; a view, valid until the layer changes. */
  positions(layer: number, head: number): Int32Array {
    const { positions, length } = this.layers[layer];
    return positions[head].subarray(0, length);
  }

  /** `positions` of each head, [numKvHeads]. */
  positionsByHead(layer: number): Int32Array[] {
    return this.layers[layer].positions.map((_, head) => this.positions(layer, head));
  }

  /** Rows of a layer before the place `position` in the text; of rows that heads hold differently, those of the first. */
  countBefore(layer: number, position: number): number {
    const { positions, length } = this.layers[layer];
    return countBefore(positions[0], length, position);
  }

  /** Bytes of K and V of one token in one layer. */
  get bytesPerToken(): number {
    return 2 * this.shape.numKvHeads * this.shape.headDim * KV_ELEMENT_BYTES[this.kvType];
  }

  /** Bytes of K and V that a layer has in use. */
  layerBytes(layer: number): number {
    const { length } = this.layers[layer];
    return length > 0 ? length * this.bytesPerToken + this.scaleBytes : 0;
  }

  /** Of all layers. */
  get bytesInUse(): number {
    return this.layers.reduce((sum, _, layer) => sum + this.layerBytes(layer), 0);
  }

  /** Bytes of the scales of one layer. */
  get scaleBytes(): number {
    const { numKvHeads, headDim } = this.shape;
    return this.kvType === 'int8' ? 2 * numKvHeads * headDim * Float32Array.BYTES_PER_ELEMENT : 0;
  }

  /**
   * Makes room for `tokens` more in every layer.
   * @throws EngineError OUT_OF_MEMORY; the cache is then as it was.
   */
  reserve(tokens: number): void {
    if (this.layers.every(({ length, capacity }) => length + tokens <= capacity)) return;
    // All at once, so that layers of different lengths do not make it happen at every few tokens.
    this.resizeAll((layer) => this.roomFor(layer.length + tokens));
  }

  /**
   * Counts rows that a run has just written behind the layer's length.
   * @param positions their places in the text
   * @param exact with int8: their keys and values as computed, each [rows, numKvHeads · headDim]
   */
  append(layer: number, positions: Int32Array, exact?: { keys: Float32Array; values: Float32Array }): void {
    const cache = this.layers[layer];
    if (exact) {
      cache.keys.correct(cache.length, exact.keys);
      cache.values.correct(cache.length, exact.values);
    }
    for (const head of cache.positions) head.set(positions, cache.length);
    cache.length += positions.length;
  }

  /** Remembers the rows as they are … */
  mark(): void {
    for (const { keys, values, length } of this.layers) {
      keys.mark(length);
      values.mark(length);
    }
  }

  /** … and, once all rows behind them are forgotten, makes them so again to the bit. They must not have been moved. */
  restore(): void {
    for (const { keys, values } of this.layers) {
      keys.restore();
      values.restore();
    }
  }

  /**
   * On a device, a layer's first `history` rows with room for `more`, to work on: in the cache's own memory where these
   * are all, and it has the room.
   * @throws EngineError OUT_OF_MEMORY
   */
  begin(layer: number, history: number, more: number): WorkingRows {
    const { keys, values, length, capacity } = this.layers[layer];
    if (history === length && history + more <= capacity) return workingOn({ keys, values });
    return workingOn(resized(this.layers[layer], this.roomFor(Math.max(length, history + more))));
  }

  /** What was worked on is not needed any more, but by the cache if it took it over. */
  end({ stores }: WorkingRows): void {
    if (!stores || this.layers.some(({ keys }) => keys === stores.keys)) return;
    stores.keys.release();
    stores.values.release();
  }

  /** Writes a layer's rows, or the first `length` of them, to the front of `rows`. */
  copyTo(layer: number, rows: WorkingRows, length = this.length(layer)): void {
    const { keys, values } = this.layers[layer];
    keys.copyTo(working(rows, 'keys'), length);
    values.copyTo(working(rows, 'values'), length);
  }

  /**
   * A layer has been computed on `rows`, whose first rows were those of the cache: it now holds the `kept` ones.
   * @param positions places in the text of the rows that are new, [new rows]
   * @throws EngineError OUT_OF_MEMORY; the layer is then as it was.
   */
  replace(layer: number, rows: WorkingRows, positions: Int32Array, kept: HeadRows): void {
    const { keys, values, length: history, positions: before } = this.layers[layer];
    const length = kept[0].length;
    const taken = length === history + positions.length ? rows.stores : undefined;
    const capacity = taken ? rows.capacity : this.roomFor(length);
    const placed = placesOf(kept, { before, history, positions }, capacity);
    const gathered = () =>
      withMemory(capacity, (hold) => ({
        keys: hold(keys.gather(kept, history, working(rows, 'keys'), capacity)),
        values: hold(values.gather(kept, history, working(rows, 'values'), capacity)),
      }));
    this.layers[layer] = { ...(taken ?? gathered()), capacity, length, positions: placed };
    if (taken?.keys === keys) return;
    for (const store of [keys, values]) store.release();
    this.revision++;
  }

  /** Drops all rows of a layer but these, in place. `kept`: ascending. */
  retain(layer: number, kept: HeadRows): void {
    const cache = this.layers[layer];
    cache.keys.retain(kept);
    cache.values.retain(kept);
    cache.positions.forEach((places, head) => {
      kept[head].forEach((row, i) => {
        places[i] = places[row];
      });
    });
    cache.length = kept[0].length;
  }

  /** Whether every head of a layer holds as many rows before the place `position`, in every layer. */
  canTruncate(position: number): boolean {
    return this.layers.every((layer) => {
      const [first, ...others] = layer.positions.map((places) => countBefore(places, layer.length, position));
      return others.every((count) => count === first);
    });
  }

  /** Forgets every row of the text from place `position` on. Only where `canTruncate`. */
  truncate(position: number): void {
    if (!this.canTruncate(position)) {
      throw new EngineError(
        'INTERNAL',
        `Heads hold unequally many tokens before ${position}: the cache cannot end there.`,
      );
    }
    // With the text go the scales that it needed: another must not be rounded by them.
    if (position === 0) {
      this.clear();
      return;
    }
    this.layers = this.layers.map((layer) => {
      return { ...layer, length: countBefore(layer.positions[0], layer.length, position) };
    });
    this.trim();
  }

  /** Gives back memory that is more than what is held, and a little growth, needs; but rows are dropped already: without room to move them it does not. */
  trim(): void {
    const room = (layer: LayerCache) => Math.min(layer.capacity, this.roomFor(layer.length));
    try {
      if (this.layers.some((layer) => room(layer) < layer.capacity)) this.resizeAll(room);
    } catch (thrown) {
      if (EngineError.from(thrown).code !== 'OUT_OF_MEMORY') throw thrown;
    }
  }

  /** Gives the memory back. */
  clear(): void {
    const before = this.layers;
    this.layers = this.emptyLayers();
    this.revision++;
    release(before);
  }

  /** What belongs to the bytes at rest, layer by layer; null: they are on a device. */
  outline(): LayerOutline[] | null {
    const outlines = this.layers.flatMap((layer) => layerOutline(layer) ?? []);
    return outlines.length === this.layers.length ? outlines : null;
  }

  /** Views of all that is to be kept, in one order … */
  arrays(): Uint8Array[] {
    return this.layers.flatMap(layerArrays);
  }

  /** … and, once a cache was laid out like the one they were of, to be filled. */
  rebuild(outlines: readonly LayerOutline[]): void {
    const before = this.layers;
    this.layers = outlines.map(({ length, capacity, keys, values }) => {
      const layer = { ...this.emptyLayer(capacity), length };
      layer.keys.rebuild(keys);
      layer.values.rebuild(values);
      return layer;
    });
    this.revision++;
    release(before);
  }

  private emptyLayers(): LayerCache[] {
    return Array.from({ length: this.shape.numLayers }, () => this.emptyLayer(0));
  }

  private emptyLayer(capacity: number): LayerCache {
    const positions = Array.from({ length: this.shape.numKvHeads }, () => new Int32Array(capacity));
    const make = (hold: (store: RowStore) => RowStore) => ({
      keys: hold(this.store(capacity)),
      values: hold(this.store(capacity)),
    });
    return { ...withMemory(capacity, make), capacity, length: 0, positions };
  }

  private store(capacity: number): RowStore {
    if (this.device) return new DeviceRows(this.device, this.shape, capacity);
    return this.kvType === 'int8' ? new Int8Rows(this.shape, capacity) : new Float32Rows(this.shape, capacity);
  }

  /** Capacity for so many rows and a few more. */
  private roomFor(length: number): number {
    const step = this.device ? DEVICE_CAPACITY_STEP : CAPACITY_STEP;
    const wanted = Math.max(length + step, Math.floor(length * (1 + GROWTH)));
    return Math.max(length, Math.min(wanted, this.contextLength));
  }

  private resizeAll(capacityFor: (layer: LayerCache) => number): void {
    const before = this.layers;
    const made: LayerCache[] = [];
    try {
      for (const layer of before) {
        const capacity = capacityFor(layer);
        made.push(capacity === layer.capacity ? layer : resized(layer, capacity));
      }
    } catch (error) {
      release(made.filter((layer) => !before.includes(layer)));
      throw error;
    }
    this.layers = made;
    this.revision++;
    release(before.filter((layer) => !made.includes(layer)));
  }
}
