import { open } from 'node:fs/promises';
import path from 'node:path';
import { dequantize } from '../engine/model/dequantize.js';
import { type GgufValue, readGguf } from '../engine/model/gguf.js';
import { elementCount, type TensorInfo } from '../engine/model/tensor-info.js';
import { type GgufEntry, type WrittenTensor, writeGguf } from '../engine/testing/model-file-writers.js';
import { encodeTensor } from '../engine/testing/tensor-encoding.js';

/** Formats of weights that llama.cpp is quickest at. */
export const FORMATS = ['Q4_0', 'Q8_0'] as const;
export type Format = (typeof FORMATS)[number];

/** Numbers in a header that are floats even where they are whole. */
const REAL = /freq_base|epsilon|scale|factor/;

/**
 * A model with its layers' weights rounded once more, to another format; embedding and head as they are. It says what the
 * model says, less well: only for timing a format of which there is no file. → its path, in `folder`
 */
export async function requantize(modelPath: string, format: Format, folder: string): Promise<string> {
  const { metadata, tensors } = await readGguf(modelPath);
  const file = await open(modelPath);
  try {
    const written: WrittenTensor[] = [];
    for (const tensor of tensors.values()) {
      const { name, type, shape, byteLength, offset } = tensor;
      const bytes = new Uint8Array(byteLength);
      await file.read(bytes, 0, byteLength, offset);
      const isMatrixOfLayer = shape.length > 1 && name.startsWith('blk.');
      written.push(isMatrixOfLayer ? rounded(tensor, bytes, format) : { name, type, shape, bytes });
    }
    const target = path.join(folder, `${path.basename(modelPath, '.gguf')}-as-${format}.gguf`);
    const entries = [...metadata].flatMap(([key, value]): [string, GgufEntry][] => {
      const entry = entryOf(key, value);
      return entry ? [[key, entry]] : [];
    });
    await writeGguf(target, new Map(entries), written);
    return target;
  } finally {
    await file.close();
  }
}

function rounded({ name, type, shape }: TensorInfo, bytes: Uint8Array, format: Format): WrittenTensor {
  const values = new Float32Array(elementCount(shape));
  dequantize(type, bytes, values);
  return { name, type: format, shape, bytes: encodeTensor(format, values) };
}

/** null for what neither engine needs. */
function entryOf(key: string, value: GgufValue): GgufEntry | null {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'number') {
    return { type: REAL.test(key) || !Number.isInteger(value) ? 'f32' : 'u32', value };
  }
  if (value instanceof Int32Array || value instanceof Uint32Array) return { type: 'i32s', value: [...value] };
  if (!Array.isArray(value)) return null;
  const list: readonly GgufValue[] = value;
  const texts = list.filter((one) => typeof one === 'string');
  return texts.length === list.length ? { type: 'strings', value: texts } : null;
}
