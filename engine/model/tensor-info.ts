import { EngineError } from '../errors.js';

/** Elements and bytes of one block of each element type that can be read. Source: ggml's type table. */
const BLOCKS = {
  F32: { elements: 1, bytes: 4 },
  F16: { elements: 1, bytes: 2 },
  BF16: { elements: 1, bytes: 2 },
  Q4_0: { elements: 32, bytes: 18 },
  Q4_1: { elements: 32, bytes: 20 },
  Q5_0: { elements: 32, bytes: 22 },
  Q5_1: { elements: 32, bytes: 24 },
  Q8_0: { elements: 32, bytes: 34 },
  Q4_K: { elements: 256, bytes: 144 },
  Q5_K: { elements: 256, bytes: 176 },
  Q6_K: { elements: 256, bytes: 210 },
} as const;

export type TensorType = keyof typeof BLOCKS;

export const TENSOR_TYPES = Object.keys(BLOCKS) as TensorType[];

/** A tensor as it lies in a model file. */
export interface TensorInfo {
  name: string;
  type: TensorType;
  /** Row-major, slowest dimension first: [rows, columns] for a matrix, [length] for a vector. */
  shape: number[];
  /** Absolute path of the file that holds it. */
  file: string;
  /** Of its first byte in the file. */
  offset: number;
  byteLength: number;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function blockElements(type: TensorType): number {
  return BLOCKS[type].elements;
}

/** Bytes that `elements` consecutive elements take; `elements` must be whole blocks. */
export function tensorBytes(type: TensorType, elements: number): number {
  return (elements / BLOCKS[type].elements) * BLOCKS[type].bytes;
}

/**
 * Refuses tensors that reach past the end of their file.
 *
 * A file cut short and a file that lies look alike in one tensor; writers leave no holes, so if the tensors one after
 * the other would end where the furthest one ends, the rest of the file is missing.
 *
 * @param alignment bytes to which writers pad each tensor
 * @throws MODEL_TRUNCATED, MODEL_TENSOR_OUTSIDE_FILE
 */
export function checkTensorBounds(
  tensors: Iterable<TensorInfo>,
  tensorsStart: number,
  fileBytes: number,
  alignment: number,
): void {
  let packedEnd = tensorsStart;
  let last: TensorInfo | undefined;
  for (const tensor of tensors) {
    packedEnd += Math.ceil(tensor.byteLength / alignment) * alignment;
    if (!last || end(tensor) > end(last)) last = tensor;
  }
  if (!last || end(last) <= fileBytes) return;
  const details = { tensor: last.name, tensorEnd: end(last), fileBytes };
  if (end(last) <= packedEnd) {
    throw new EngineError(
      'MODEL_TRUNCATED',
      `${last.file} is incomplete: it has ${fileBytes} of at least ${end(last)} bytes. Download or copy it again.`,
      details,
    );
  }
  throw new EngineError(
    'MODEL_TENSOR_OUTSIDE_FILE',
    `${last.file} is damaged: its tensor ${last.name} would lie outside the file. Download it again.`,
    details,
  );
}

function end(tensor: TensorInfo): number {
  return tensor.offset + tensor.byteLength;
}
