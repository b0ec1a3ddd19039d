import { halfToFloat } from './dequantize.js';
import type { TensorType } from './tensor-info.js';

/** Elements that share a scale in a converted model. */
export const BLOCK = 32;

/** Bytes of one block's quants. */
export function blockBytes(bits: 4 | 8): number {
  return (BLOCK * bits) / 8;
}

/**
 * Rounds floats to 8-bit blocks: value ≈ scale · (quant − 128), with an error of at most half a scale.
 *
 * @param values [blocks, 32]
 * @param quants [blocks, 32], overwritten; clamped, because storing then rounds half to even and cannot wrap
 * @param scales [blocks], overwritten: largest magnitude / 127
 */
export function quantize8(values: Float32Array, quants: Uint8ClampedArray, scales: Float32Array): void {
  for (let block = 0; block < scales.length; block++) {
    const start = block * BLOCK;
    let largest = 0;
    for (let i = start; i < start + BLOCK; i++) largest = Math.max(largest, Math.abs(values[i]));
    scales[block] = largest / 127;
    const inverse = scales[block] === 0 ? 0 : 1 / scales[block];
    for (let i = start; i < start + BLOCK; i++) quants[i] = values[i] * inverse + 128;
  }
}

/**
 * Rounds rows to int8 with one scale each: value ≈ scale · quant, with an error of at most half a scale.
 *
 * @param values [some rows, columns]; the first is row `firstRow` of all
 * @param quants [columns, all rows]: rows become columns
 * @param scales [all rows]: largest magnitude / 127
 */
export function quantizeRows(values: Float32Array, firstRow: number, quants: Int8Array, scales: Float32Array): void {
  const allRows = scales.length;
  const columns = quants.length / allRows;
  for (let start = 0, row = firstRow; start < values.length; start += columns, row++) {
    let largest = 0;
    for (let i = start; i < start + columns; i++) {
      const magnitude = Math.abs(values[i]);
      if (magnitude > largest) largest = magnitude;
    }
    scales[row] = largest / 127;
    const inverse = scales[row] === 0 ? 0 : 1 / scales[row];
    // Truncating what is positive rounds as Math.round does, in a third of its time.
    for (let i = start, at = row; i < start + columns; i++, at += allRows) {
      quants[at] = Math.trunc(values[i] * inverse + 128.5) - 128;
    }
  }
}

/** Block formats that are stored without going through floats, exactly. */
export type RepackableType = Extract<TensorType, 'Q4_0' | 'Q8_0'>;

/** Into blocks of so many bits, for beside others a 4-bit tensor is stored in 8. */
export function isRepackable(type: TensorType, bits: 4 | 8): type is RepackableType {
  return bits === 4 ? type === 'Q4_0' : type === 'Q8_0';
}

/**
 * Stores the blocks of a file as blocks of a converted model, exactly.
 *
 * @param bytes [blocks, blockBytes of `type`]
 * @param quants [blocks, 32 · bits / 8], bits as in the type, overwritten
 * @param scales [blocks], overwritten
 */
export function repack(type: RepackableType, bytes: Uint8Array, quants: Uint8ClampedArray, scales: Float32Array): void {
  if (type === 'Q8_0') repackQ8(bytes, quants, scales);
  else repackQ4(bytes, quants, scales);
}

function repackQ8(bytes: Uint8Array, quants: Uint8ClampedArray, scales: Float32Array): void {
  const half = halfToFloat();
  for (let block = 0, p = 0; block < scales.length; block++, p += 34) {
    scales[block] = half[bytes[p] | (bytes[p + 1] << 8)];
    for (let j = 0; j < 32; j++) quants[block * 32 + j] = bytes[p + 2 + j] ^ 0x80;
  }
}

/** In the file a byte holds elements j and j + 16, here 2j and 2j + 1. */
function repackQ4(bytes: Uint8Array, quants: Uint8ClampedArray, scales: Float32Array): void {
  const half = halfToFloat();
  for (let block = 0, p = 0; block < scales.length; block++, p += 18) {
    scales[block] = half[bytes[p] | (bytes[p + 1] << 8)];
    for (let j = 0; j < 8; j++) {
      const first = bytes[p + 2 + 2 * j];
      const second = bytes[p + 3 + 2 * j];
      quants[block * 16 + j] = (first & 15) | ((second & 15) << 4);
      quants[block * 16 + j + 8] = (first >> 4) | (second & 0xf0);
    }
  }
}
