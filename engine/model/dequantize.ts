import type { TensorType } from './tensor-info.js';

/** Reads whole blocks; `values` has room for exactly the elements that `bytes` hold. */
type Dequantizer = (bytes: Uint8Array, values: Float32Array) => void;

let halfTable: Float32Array | undefined;

/** Every float16, by its bits. [65536] */
export function halfToFloat(): Float32Array {
  if (halfTable) return halfTable;
  const table = new Float32Array(1 << 16);
  for (let bits = 0; bits < table.length; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const mantissa = bits & 0x3ff;
    if (exponent === 0x1f) table[bits] = mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else if (exponent === 0) table[bits] = sign * mantissa * 2 ** -24;
    else table[bits] = sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
  }
  halfTable = table;
  return table;
}

/**
 * Expands quantized blocks to floats, equal to ggml's reference to the last bit: every product of a scale and a quant
 * is exact in a double, so that each value is rounded once, as there.
 *
 * @param bytes whole blocks, [elements / blockElements, blockBytes]
 * @param values [elements], overwritten
 * Source: ggml-quants.c, dequantize_row_*
 */
export function dequantize(type: TensorType, bytes: Uint8Array, values: Float32Array): void {
  DEQUANTIZERS[type](bytes, values);
}

function f32(bytes: Uint8Array, values: Float32Array): void {
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(bytes);
}

function f16(bytes: Uint8Array, values: Float32Array): void {
  const half = halfToFloat();
  for (let i = 0; i < values.length; i++) values[i] = half[bytes[2 * i] | (bytes[2 * i + 1] << 8)];
}

function bf16(bytes: Uint8Array, values: Float32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (bytes[2 * i] << 16) | (bytes[2 * i + 1] << 24);
}

function q4_0(bytes: Uint8Array, values: Float32Array): void {
  const half = halfToFloat();
  for (let p = 0, i = 0; i < values.length; i += 32, p += 18) {
    const d = half[bytes[p] | (bytes[p + 1] << 8)];
    for (let j = 0; j < 16; j++) {
      const pair = bytes[p + 2 + j];
      values[i + j] = d * ((pair & 15) - 8);
      values[i + j + 16] = d * ((pair >> 4) - 8);
    }
  }
}

function q4_1(bytes: Uint8Array, values: Float32Array): void {
  const half = halfToFloat();
  for (let p = 0, i = 0; i < values.length; i += 32, p += 20) {
    const d = half[bytes[p] | (bytes[p + 1] << 8)];
    const m = half[bytes[p + 2] | (bytes[p + 3] << 8)];
    for (let j = 0; j < 16; j++) {
      const pair = bytes[p + 4 + j];
      values[i + j] = d * (pair & 15) + m;
      values[i + j + 16] = d * (pair >> 4) + m;
    }
  }
}

function q5_0(bytes: Uint8Array, values: Float32Array): void {
  const half = halfToFloat();
  for (let p = 0, i = 0; i < values.length; i += 32, p += 22) {
    const d = half[bytes[p] | (bytes[p + 1] << 8)];
    for (let j = 0; j < 16; j++) {
      const pair = bytes[p + 6 + j];
      // Bit j of the four high bytes belongs to element j, bit j + 16 to element j + 16.
      const lowBit = (bytes[p + 2 + (j >> 3)] >> (j & 7)) & 1;
      const highBit = (bytes[p + 4 + (j >> 3)] >> (j & 7)) & 1;
      values[i + j] = d * (((pair & 15) | (lowBit << 4)) - 16);
      values[i + j + 16] = d * (((pair >> 4) | (highBit << 4)) - 16);
    }
  }
}

function q5_1(bytes: Uint8Array, values: Float32Array): void {
  const half = halfToFloat();
  for (let p = 0, i = 0; i < values.length; i += 32, p += 24) {
    const d = half[bytes[p] | (bytes[p + 1] << 8)];
    const m = half[bytes[p + 2] | (bytes[p + 3] << 8)];
    for (let j = 0; j < 16; j++) {
      const pair = bytes[p + 8 + j];
      const lowBit = (bytes[p + 4 + (j >> 3)] >> (j & 7)) & 1;
      const highBit = (bytes[p + 6 + (j >> 3)] >> (j & 7)) & 1;
      values[i + j] = d * ((pair & 15) | (lowBit << 4)) + m;
      values[i + j + 16] = d * ((pair >> 4) | (highBit << 4)) + m;
    }
  }
}

function q8_0(bytes: Uint8Array, values: Float32Array): void {
  const half = halfToFloat();
  for (let p = 0, i = 0; i < values.length; i += 32, p += 34) {
    const d = half[bytes[p] | (bytes[p + 1] << 8)];
    for (let j = 0; j < 32; j++) values[i + j] = d * ((bytes[p + 2 + j] << 24) >> 24);
  }
}

/** The 6-bit scale of group `group` of a K block whose 12 packed bytes begin at `p`. */
function groupScale(bytes: Uint8Array, p: number, group: number): number {
  return group < 4 ? bytes[p + group] & 63 : (bytes[p + group + 4] & 15) | ((bytes[p + group - 4] >> 6) << 4);
}

/** The 6-bit minimum beside groupScale. */
function groupMinimum(bytes: Uint8Array, p: number, group: number): number {
  return group < 4 ? bytes[p + group + 4] & 63 : (bytes[p + group + 4] >> 4) | ((bytes[p + group] >> 6) << 4);
}

function q4_k(bytes: Uint8Array, values: Float32Array): void {
  const half = halfToFloat();
  for (let p = 0, i = 0; i < values.length; i += 256, p += 144) {
    const d = half[bytes[p] | (bytes[p + 1] << 8)];
    const dmin = half[bytes[p + 2] | (bytes[p + 3] << 8)];
    for (let group = 0; group < 8; group++) {
      const scale = d * groupScale(bytes, p + 4, group);
      const minimum = dmin * groupMinimum(bytes, p + 4, group);
      const quants = p + 16 + (group >> 1) * 32;
      const shift = (group & 1) * 4;
      const out = i + group * 32;
      for (let j = 0; j < 32; j++) values[out + j] = scale * ((bytes[quants + j] >> shift) & 15) - minimum;
    }
  }
}

function q5_k(bytes: Uint8Array, values: Float32Array): void {
  const half = halfToFloat();
  for (let p = 0, i = 0; i < values.length; i += 256, p += 176) {
    const d = half[bytes[p] | (bytes[p + 1] << 8)];
    const dmin = half[bytes[p + 2] | (bytes[p + 3] << 8)];
    for (let group = 0; group < 8; group++) {
      const scale = d * groupScale(bytes, p + 4, group);
      const minimum = dmin * groupMinimum(bytes, p + 4, group);
      const quants = p + 48 + (group >> 1) * 32;
      const shift = (group & 1) * 4;
      const out = i + group * 32;
      for (let j = 0; j < 32; j++) {
        const highBit = (bytes[p + 16 + j] >> group) & 1;
        values[out + j] = scale * (((bytes[quants + j] >> shift) & 15) | (highBit << 4)) - minimum;
      }
    }
  }
}

function q6_k(bytes: Uint8Array, values: Float32Array): void {
  const half = halfToFloat();
  for (let p = 0, i = 0; i < values.length; i += 256, p += 210) {
    const d = half[bytes[p + 208] | (bytes[p + 209] << 8)];
    for (let group = 0; group < 16; group++) {
      const scale = d * ((bytes[p + 192 + group] << 24) >> 24);
      // Groups of 16 within 128: low nibbles of 64 bytes first, then the high ones; two high bits for each quarter.
      const quarter = (group & 7) >> 1;
      const first = (group & 1) * 16;
      const low = p + (group >> 3) * 64 + (quarter & 1) * 32 + first;
      const high = p + 128 + (group >> 3) * 32 + first;
      const lowShift = (quarter >> 1) * 4;
      const highShift = quarter * 2;
      const out = i + group * 16;
      for (let j = 0; j < 16; j++) {
        const quant = ((bytes[low + j] >> lowShift) & 15) | (((bytes[high + j] >> highShift) & 3) << 4);
        values[out + j] = scale * (quant - 32);
      }
    }
  }
}

const DEQUANTIZERS: Record<TensorType, Dequantizer> = {
  F32: f32,
  F16: f16,
  BF16: bf16,
  Q4_0: q4_0,
  Q4_1: q4_1,
  Q5_0: q5_0,
  Q5_1: q5_1,
  Q8_0: q8_0,
  Q4_K: q4_k,
  Q5_K: q5_k,
  Q6_K: q6_k,
};
