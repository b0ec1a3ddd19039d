import { writeFile } from 'node:fs/promises';
import type { TensorType } from '../model/tensor-info.js';

/** A value of a GGUF header with the type it is written as. */
export type GgufEntry =
  | { type: 'u32'; value: number }
  | { type: 'i32'; value: number }
  | { type: 'u64'; value: bigint }
  | { type: 'f32'; value: number }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | { type: 'strings'; value: readonly string[] }
  | { type: 'i32s'; value: readonly number[] };

export interface WrittenTensor {
  name: string;
  type: TensorType;
  /** Row-major, as in TensorInfo. */
  shape: readonly number[];
  bytes: Uint8Array;
}

const TYPE_IDS = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, strings: 9, i32s: 9, u64: 10 } as const;

/** ggml's ids of the element types. */
const GGML_TYPE_IDS: Record<TensorType, number> = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q4_1: 3,
  Q5_0: 6,
  Q5_1: 7,
  Q8_0: 8,
  Q4_K: 12,
  Q5_K: 13,
  Q6_K: 14,
  BF16: 30,
};

const ALIGNMENT = 32;

/** Writes a GGUF file of version 3. */
export async function writeGguf(
  path: string,
  metadata: ReadonlyMap<string, GgufEntry>,
  tensors: readonly WrittenTensor[],
): Promise<void> {
  const header: Buffer[] = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(metadata.size)];
  for (const [key, entry] of metadata) header.push(text(key), u32(TYPE_IDS[entry.type]), encodeEntry(entry));
  const payload: Uint8Array[] = [];
  let offset = 0;
  for (const { name, type, shape, bytes } of tensors) {
    header.push(text(name), u32(shape.length), ...[...shape].reverse().map(u64), u32(GGML_TYPE_IDS[type]), u64(offset));
    const padding = (ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT;
    payload.push(bytes, Buffer.alloc(padding));
    offset += bytes.length + padding;
  }
  const start = Buffer.concat(header);
  const padding = Buffer.alloc((ALIGNMENT - (start.length % ALIGNMENT)) % ALIGNMENT);
  await writeFile(path, Buffer.concat([start, padding, ...payload]));
}

function encodeEntry(entry: GgufEntry): Buffer {
  switch (entry.type) {
    case 'u32':
      return u32(entry.value);
    case 'i32':
      return i32(entry.value);
    case 'u64':
      return u64(entry.value);
    case 'f32': {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(entry.value);
      return bytes;
    }
    case 'bool':
      return Buffer.from([entry.value ? 1 : 0]);
    case 'string':
      return text(entry.value);
    case 'strings':
      return Buffer.concat([u32(TYPE_IDS.string), u64(entry.value.length), ...entry.value.map(text)]);
    case 'i32s':
      return Buffer.concat([u32(TYPE_IDS.i32), u64(entry.value.length), ...entry.value.map(i32)]);
  }
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

/** Writes a safetensors file; `type` may be F32, F16 or BF16. */
export async function writeSafetensors(path: string, tensors: readonly WrittenTensor[]): Promise<void> {
  const header: Record<string, object> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { name, type, shape, bytes } of tensors) {
    header[name] = { dtype: type, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  await writeFile(path, Buffer.concat([u64(json.length), json, ...tensors.map(({ bytes }) => bytes)]));
}
