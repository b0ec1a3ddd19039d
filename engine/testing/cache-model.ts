import type { KvCache } from '../kv/kv-cache.js';
import type { HeadRows } from '../kv/row-store.js';
import { float32Tensor, hostValues } from '../runtime/ort/session.js';

/** A cached row as a test knows it: its place in the text, and the key and value that were given. */
export interface ExpectedRow {
  position: number;
  /** [headDim] */
  key: Float32Array;
  value: Float32Array;
}

/** What a layer is to hold. [numKvHeads][rows] */
export type ExpectedLayer = ExpectedRow[][];

/** What was given for a token's key or value: told apart by all of its arguments, magnitudes up to `size`. */
function contentOf(part: 'key' | 'value', head: number, position: number, headDim: number, size = 1): Float32Array {
  const phase = part === 'key' ? 0.3 : 1.7;
  return Float32Array.from(
    { length: headDim },
    (_, d) => size * Math.sin(phase + 2.1 * head + 0.7 * position + 1.3 * d),
  );
}

export function expectedRow(head: number, position: number, headDim: number, size = 1): ExpectedRow {
  return {
    position,
    key: contentOf('key', head, position, headDim, size),
    value: contentOf('value', head, position, headDim, size),
  };
}

/** Stores new tokens in a layer as prefill does: all rows in float32, of which `kept` are to stay. */
export function replaceIn(
  cache: KvCache,
  layer: number,
  held: ExpectedLayer,
  fresh: ExpectedLayer,
  kept: HeadRows,
): ExpectedLayer {
  const { numKvHeads, headDim } = cache.shape;
  const capacity = cache.length(layer) + fresh[0].length;
  const tensor = () => float32Tensor([1, numKvHeads, capacity, headDim]);
  const rows = { keys: tensor(), values: tensor(), capacity };
  cache.copyTo(layer, rows);
  fresh.forEach((added, head) => {
    added.forEach(({ key, value }, i) => {
      const at = (head * capacity + cache.length(layer) + i) * headDim;
      rows.keys.values.set(key, at);
      rows.values.values.set(value, at);
    });
  });
  const positions = Int32Array.from(fresh[0], ({ position }) => position);
  cache.replace(layer, rows, positions, kept);
  return held.map((all, head) => [...kept[head]].map((row) => [...all, ...fresh[head]][row]));
}

/**
 * Writes rows behind those of a layer as a decoding run does, and counts them.
 * @returns what is to be held of them: with int8, an element that exceeds its channel's range a little is cut to it
 */
export function appendTo(cache: KvCache, layer: number, fresh: ExpectedLayer): ExpectedLayer {
  const { numKvHeads, headDim } = cache.shape;
  const length = cache.length(layer);
  const count = fresh[0].length;
  const scales = cache.scales(layer);
  const exact = {
    keys: new Float32Array(count * numKvHeads * headDim),
    values: new Float32Array(count * numKvHeads * headDim),
  };
  fresh.forEach((rows, head) => {
    rows.forEach(({ key, value }, i) => {
      const at = (head * cache.capacity(layer) + length + i) * headDim;
      for (let d = 0; d < headDim; d++) {
        const [k, v] = [scales?.keys.values[head * headDim + d], scales?.values.values[head * headDim + d]];
        hostValues(cache.keys(layer))[at + d] = k ? quantized(key[d], k) : key[d];
        hostValues(cache.values(layer))[at + d] = v ? quantized(value[d], v) : value[d];
      }
      exact.keys.set(key, (i * numKvHeads + head) * headDim);
      exact.values.set(value, (i * numKvHeads + head) * headDim);
    });
  });
  const positions = Int32Array.from(fresh[0], ({ position }) => position);
  const ranges = scales && { key: scales.keys.values.slice(), value: scales.values.values.slice() };
  cache.append(layer, positions, scales ? exact : undefined);
  if (!ranges) return fresh;
  return fresh.map((rows, head) => {
    const cut = (content: Float32Array, all: Float32Array) =>
      content.map((one, d) => cutTo(one, 127 * all[head * headDim + d]));
    return rows.map(({ position, key, value }) => ({
      position,
      key: cut(key, ranges.key),
      value: cut(value, ranges.value),
    }));
  });
}

function cutTo(value: number, range: number): number {
  return Math.abs(value) > 1.25 * range ? value : Math.max(-range, Math.min(range, value));
}

/** As ONNX Runtime stores it: what is beyond the range is cut. */
function quantized(value: number, scale: number): number {
  return Math.max(-127, Math.min(127, Math.round(value / scale)));
}

/** What a layer holds, in float32. */
export function contentIn(cache: KvCache, layer: number): ExpectedLayer {
  const { numKvHeads, headDim } = cache.shape;
  const length = cache.length(layer);
  const tensor = () => float32Tensor([1, numKvHeads, length, headDim]);
  const rows = { keys: tensor(), values: tensor(), capacity: length };
  cache.copyTo(layer, rows);
  return Array.from({ length: numKvHeads }, (_, head) =>
    [...cache.positions(layer, head)].map((position, row) => {
      const at = (head * length + row) * headDim;
      const part = (all: Float32Array) => all.slice(at, at + headDim);
      return { position, key: part(rows.keys.values), value: part(rows.values.values) };
    }),
  );
}
