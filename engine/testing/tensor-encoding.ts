import type { TensorType } from '../model/tensor-info.js';

/** Element types that tests can write. */
export type WritableType = Extract<TensorType, 'F32' | 'F16' | 'BF16' | 'Q4_0' | 'Q4_1' | 'Q8_0'>;

/**
 * Floats in a file's element type, as llama.cpp's quantizers round them.
 *
 * @param values [elements], whole blocks
 */
export function encodeTensor(type: WritableType, values: Float32Array): Uint8Array {
  switch (type) {
    case 'F32':
      return new Uint8Array(values.slice().buffer);
    case 'F16':
      return new Uint8Array(Uint16Array.from(values, floatToHalf).buffer);
    case 'BF16':
      return new Uint8Array(Uint16Array.from(values, floatToBfloat).buffer);
    case 'Q4_0':
      return encodeBlocks(values, 18, encodeQ4);
    case 'Q4_1':
      return encodeBlocks(values, 20, encodeQ4WithMinimum);
    case 'Q8_0':
      return encodeBlocks(values, 34, encodeQ8);
  }
}

/** Bits of the nearest float16, ties to even. */
export function floatToHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  // Below the smallest normal number all steps are equally wide.
  const exponent = magnitude < 2 ** -14 ? -14 : Math.floor(Math.log2(magnitude));
  const steps = roundToEven((magnitude / 2 ** exponent) * 1024);
  // A carry out of the mantissa runs into the exponent, which is what rounding up means.
  return sign | (steps + (exponent + 14) * 1024);
}

function floatToBfloat(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0];
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

type BlockEncoder = (values: Float32Array, block: DataView) => void;

function encodeBlocks(values: Float32Array, blockBytes: number, encode: BlockEncoder): Uint8Array {
  const bytes = new Uint8Array((values.length / 32) * blockBytes);
  for (let block = 0; block < values.length / 32; block++) {
    encode(values.subarray(block * 32, block * 32 + 32), new DataView(bytes.buffer, block * blockBytes, blockBytes));
  }
  return bytes;
}

function encodeQ4(values: Float32Array, block: DataView): void {
  const extreme = values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  const scale = extreme / -8;
  const quant = (value: number) => (scale === 0 ? 8 : Math.min(15, Math.trunc(value / scale + 8.5)));
  block.setUint16(0, floatToHalf(scale), true);
  for (let j = 0; j < 16; j++) block.setUint8(2 + j, quant(values[j]) | (quant(values[j + 16]) << 4));
}

function encodeQ4WithMinimum(values: Float32Array, block: DataView): void {
  const minimum = Math.min(...values);
  const scale = (Math.max(...values) - minimum) / 15;
  const quant = (value: number) => (scale === 0 ? 0 : Math.min(15, Math.trunc((value - minimum) / scale + 0.5)));
  block.setUint16(0, floatToHalf(scale), true);
  block.setUint16(2, floatToHalf(minimum), true);
  for (let j = 0; j < 16; j++) block.setUint8(4 + j, quant(values[j]) | (quant(values[j + 16]) << 4));
}

function encodeQ8(values: Float32Array, block: DataView): void {
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
  block.setUint16(0, floatToHalf(scale), true);
  for (let j = 0; j < 32; j++) block.setInt8(2 + j, scale === 0 ? 0 : Math.round(values[j] / scale));
}
