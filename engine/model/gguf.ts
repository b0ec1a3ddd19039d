import type { FileHandle } from 'node:fs/promises';
import { EngineError } from '../errors.js';
import { fileProblem, openModelFile } from './file-problem.js';
import { GgufCursor, type GgufValue, HeaderIncomplete } from './gguf-cursor.js';
import {
  blockElements,
  checkTensorBounds,
  elementCount,
  TENSOR_TYPES,
  type TensorInfo,
  type TensorType,
  tensorBytes,
} from './tensor-info.js';

export type { GgufValue } from './gguf-cursor.js';

/** Keys and values of a GGUF header, as the file has them. */
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

export interface GgufFile {
  path: string;
  fileBytes: number;
  metadata: GgufMetadata;
  tensors: Map<string, TensorInfo>;
}

const FIRST_READ_BYTES = 2 << 20;
const MAX_HEADER_BYTES = 256 << 20;
const MAX_KEYS = 1 << 16;
const MAX_TENSORS = 1 << 16;
const MAX_DIMENSIONS = 4;
const MAX_DIMENSION = 2 ** 40;

/** ggml's types by their ids, also those that cannot be read, so that an error can name them. */
const GGML_TYPES = (
  'F32 F16 Q4_0 Q4_1 Q4_2 Q4_3 Q5_0 Q5_1 Q8_0 Q8_1 Q2_K Q3_K Q4_K Q5_K Q6_K Q8_K IQ2_XXS IQ2_XS IQ3_XXS IQ1_S IQ4_NL IQ3_S ' +
  'IQ2_S IQ4_XS I8 I16 I32 I64 F64 IQ1_M BF16 Q4_0_4_4 Q4_0_4_8 Q4_0_8_8 TQ1_0 TQ2_0 IQ4_NL_4_4 IQ4_NL_4_8 IQ4_NL_8_8 MXFP4 NVFP4'
).split(' ');

/**
 * Reads the header of a GGUF file (versions 2 and 3, little-endian) and checks that every tensor lies in the file.
 *
 * @throws MODEL_FILE_MISSING, MODEL_FILE_UNREADABLE, MODEL_FORMAT_UNKNOWN, MODEL_TRUNCATED, MODEL_HEADER_INVALID,
 *   MODEL_TENSOR_OUTSIDE_FILE, MODEL_QUANTIZATION_UNSUPPORTED
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export async function readGguf(path: string): Promise<GgufFile> {
  const file = await openModelFile(path);
  try {
    const { size } = await file.stat();
    for (let length = FIRST_READ_BYTES; ; length *= 4) {
      const bytes = await readStart(file, Math.min(length, size, MAX_HEADER_BYTES)).catch((cause: unknown) => {
        throw fileProblem(path, cause);
      });
      try {
        return parseHeader(path, bytes, size);
      } catch (error) {
        if (!(error instanceof HeaderIncomplete)) throw error;
      }
      if (length >= MAX_HEADER_BYTES) {
        const limit = MAX_HEADER_BYTES >> 20;
        throw new EngineError('MODEL_HEADER_INVALID', `${path} is damaged: its header has more than ${limit} MB.`);
      }
    }
  } finally {
    await file.close();
  }
}

async function readStart(file: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  const { bytesRead } = await file.read(bytes, 0, length, 0);
  return bytes.subarray(0, bytesRead);
}

function parseHeader(path: string, bytes: Buffer, fileBytes: number): GgufFile {
  checkMagic(path, bytes);
  const cursor = new GgufCursor(bytes, fileBytes, path);
  cursor.position = 4;
  const version = cursor.u32();
  if (version !== 2 && version !== 3) {
    throw new EngineError(
      'MODEL_FORMAT_UNKNOWN',
      `${path} is GGUF version ${version}; versions 2 and 3 (little-endian) can be read. Get a newer file of the model.`,
      { version },
    );
  }
  const tensorCount = cursor.count(MAX_TENSORS, 'the number of tensors');
  const keyCount = cursor.count(MAX_KEYS, 'the number of keys');
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < keyCount; index++) {
    const key = cursor.string('a key');
    metadata.set(key, cursor.value(cursor.u32(), key));
  }
  const tensors = readTensorInfos(cursor, path, tensorCount);
  const alignment = metadata.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || !(alignment >= 1 && alignment <= 1 << 20)) {
    return cursor.fail(`the alignment is ${String(alignment)}`);
  }
  const tensorsStart = Math.ceil(cursor.position / alignment) * alignment;
  for (const tensor of tensors.values()) tensor.offset += tensorsStart;
  checkTensorBounds(tensors.values(), tensorsStart, fileBytes, alignment);
  return { path, fileBytes, metadata, tensors };
}

function checkMagic(path: string, bytes: Buffer): void {
  if (bytes.toString('latin1', 0, 4) === 'GGUF') {
    if (bytes.length >= 24) return;
    throw new EngineError('MODEL_TRUNCATED', `${path} is incomplete: it ends within its header. Download it again.`);
  }
  const message =
    bytes.length === 0
      ? `${path} is empty. Download or copy it again.`
      : `${path} is not a GGUF file. Choose a .gguf file or a folder with config.json and model.safetensors.`;
  throw new EngineError('MODEL_FORMAT_UNKNOWN', message);
}

function readTensorInfos(cursor: GgufCursor, path: string, count: number): Map<string, TensorInfo> {
  const tensors = new Map<string, TensorInfo>();
  for (let index = 0; index < count; index++) {
    const name = cursor.string('a tensor name');
    const dimensions = cursor.u32();
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS) cursor.fail(`tensor ${name} has ${dimensions} dimensions`);
    const shape: number[] = [];
    for (let axis = 0; axis < dimensions; axis++) shape.unshift(cursor.count(MAX_DIMENSION, `an axis of ${name}`));
    const type = tensorType(path, name, cursor.u32());
    const offset = cursor.count(Number.MAX_SAFE_INTEGER, `the offset of ${name}`);
    const elements = elementCount(shape);
    if (elements === 0 || elements > MAX_DIMENSION) cursor.fail(`tensor ${name} has ${elements} elements`);
    if (shape[shape.length - 1] % blockElements(type) !== 0) {
      cursor.fail(`the rows of ${name} are not whole blocks of ${type}`);
    }
    if (tensors.has(name)) cursor.fail(`tensor ${name} appears twice`);
    tensors.set(name, { name, type, shape, file: path, offset, byteLength: tensorBytes(type, elements) });
  }
  return tensors;
}

function tensorType(path: string, tensor: string, id: number): TensorType {
  const name = GGML_TYPES[id] ?? `type ${id}`;
  const type = TENSOR_TYPES.find((known) => known === name);
  if (type) return type;
  throw new EngineError(
    'MODEL_QUANTIZATION_UNSUPPORTED',
    `${path} stores ${tensor} as ${name}, which this version cannot read. Choose a file in ${TENSOR_TYPES.join(', ')}.`,
    { type: name, tensor },
  );
}
