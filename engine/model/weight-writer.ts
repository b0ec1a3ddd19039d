import type { FileHandle } from 'node:fs/promises';
import { EngineError } from '../errors.js';
import { type RotatedWeight, type StoredWeight, ZERO_POINT } from './converted-model.js';
import { dequantize } from './dequantize.js';
import { openModelFile } from './file-problem.js';
import { BLOCK, blockBytes, isRepackable, quantize8, quantizeRows, repack } from './quantize.js';
import { rotate, rotationLength } from './rotation.js';
import { elementCount, type TensorInfo } from './tensor-info.js';
import type { PlannedWeight, WeightPart, WeightPlan } from './weight-plan.js';

/** Elements converted in one go: about 10 ms of work and 10 MB of memory. */
const CHUNK_ELEMENTS = 1 << 20;

export interface WriteOptions {
  signal?: AbortSignal;
  /** Called with the source bytes converted since the call before. */
  onBytes: (bytes: number) => void;
}

/** Converts all weights of a plan into a file, a chunk of rows at a time; between chunks the event loop runs. */
export async function writeWeights(plan: WeightPlan, output: FileHandle, options: WriteOptions): Promise<void> {
  const sources = new Map<string, FileHandle>();
  const sourceOf = async ({ file }: TensorInfo) => {
    const source = sources.get(file) ?? (await openModelFile(file));
    sources.set(file, source);
    return source;
  };
  try {
    for (const weight of plan.weights) {
      let row = 0;
      const scale = weight.columnScale && (await readFloats(weight.columnScale, await sourceOf(weight.columnScale)));
      const turned = weight.stored.kind === 'rotated' ? new TurnedRows(weight.stored, scale) : null;
      for (const part of weight.parts) {
        await writePart(weight, part, row, await sourceOf(part.tensor), turned ?? output, options);
        row += part.tensor.shape[0];
      }
      await turned?.write(output);
    }
    await output.truncate(plan.bytes);
  } finally {
    for (const source of sources.values()) await source.close();
  }
}

/** @param firstRow where the part begins in the converted weight */
async function writePart(
  weight: PlannedWeight,
  part: WeightPart,
  firstRow: number,
  source: FileHandle,
  output: FileHandle | TurnedRows,
  { signal, onBytes }: WriteOptions,
): Promise<void> {
  const { tensor, pairedHeadDim, rotatedRun } = part;
  const rows = tensor.shape[0];
  const rowBytes = tensor.byteLength / rows;
  const unit = pairedHeadDim ?? rotatedRun ?? 1;
  const chunkRows = Math.max(1, Math.floor(CHUNK_ELEMENTS / weight.columns / unit)) * unit;
  for (let row = 0; row < rows; row += chunkRows) {
    signal?.throwIfAborted();
    const count = Math.min(chunkRows, rows - row);
    let bytes = await readRange(source, tensor, row * rowBytes, count * rowBytes);
    if (pairedHeadDim) bytes = halvesOrder(bytes, rowBytes, pairedHeadDim);
    const chunk = { bytes, tensor, elements: count * weight.columns, rotatedRun, isFolded: weight.isFolded };
    if (output instanceof TurnedRows) output.add(chunk, firstRow + row);
    else await writeChunk(weight.stored, chunk, (firstRow + row) * weight.columns, output);
    onBytes(bytes.length);
  }
}

async function readRange(file: FileHandle, tensor: TensorInfo, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, tensor.offset + start + done);
    if (bytesRead === 0) {
      throw new EngineError(
        'MODEL_TRUNCATED',
        `${tensor.file} became shorter while it was read, at ${tensor.name}. Load it again when its copy is complete.`,
      );
    }
    done += bytesRead;
  }
  return bytes;
}

/**
 * Puts the rows of each head from pairs order (0, d/2, 1, d/2 + 1 …) into halves order.
 *
 * @param bytes [heads · headDim, rowBytes]
 */
function halvesOrder(bytes: Uint8Array, rowBytes: number, headDim: number): Uint8Array {
  const ordered = new Uint8Array(bytes.length);
  const rows = bytes.length / rowBytes;
  for (let row = 0; row < rows; row++) {
    const inHead = row % headDim;
    const target = row - inHead + (inHead >> 1) + (inHead & 1) * (headDim >> 1);
    ordered.set(bytes.subarray(row * rowBytes, (row + 1) * rowBytes), target * rowBytes);
  }
  return ordered;
}

interface Chunk {
  /** Whole rows as the source has them. */
  bytes: Uint8Array;
  tensor: TensorInfo;
  elements: number;
  /** As in WeightPart. */
  rotatedRun: number | null;
  /** As in PlannedWeight. */
  isFolded: boolean;
}

async function readFloats(tensor: TensorInfo, source: FileHandle): Promise<Float32Array> {
  const values = new Float32Array(elementCount(tensor.shape));
  dequantize(tensor.type, await readRange(source, tensor, 0, tensor.byteLength), values);
  return values;
}

/** @param firstElement where the chunk begins in the converted weight */
async function writeChunk(
  stored: StoredWeight,
  { bytes, tensor, elements, rotatedRun, isFolded }: Chunk,
  firstElement: number,
  output: FileHandle,
): Promise<void> {
  if (stored.kind === 'rotated') throw new EngineError('INTERNAL', 'Turned rows are written whole.');
  if (stored.kind === 'float32') {
    const values = new Float32Array(elements);
    dequantize(tensor.type, bytes, values);
    if (rotatedRun) rotate(values, rotatedRun);
    if (isFolded) values.fill(1);
    await writeRange(output, values, stored.values.offset + firstElement * 4);
    return;
  }
  const firstBlock = firstElement / BLOCK;
  const scales = new Float32Array(elements / BLOCK);
  const quants = new Uint8ClampedArray(scales.length * blockBytes(stored.bits));
  if (isRepackable(tensor.type, stored.bits)) {
    repack(tensor.type, bytes, quants, scales);
  } else {
    const values = new Float32Array(elements);
    dequantize(tensor.type, bytes, values);
    quantize8(values, quants, scales);
  }
  await writeRange(output, quants, stored.quants.offset + firstBlock * blockBytes(stored.bits));
  await writeRange(output, scales, stored.scales.offset + firstBlock * 4);
}

/** A weight of kind `rotated` on its way: its rows become columns, so it is written once all of them are there. */
class TurnedRows {
  private readonly quants: Int8Array;
  private readonly scales: Float32Array;

  /** @param columnScale as in PlannedWeight, read */
  constructor(
    private readonly stored: RotatedWeight,
    private readonly columnScale: Float32Array | null,
  ) {
    this.quants = new Int8Array(stored.rows * stored.columns);
    this.scales = new Float32Array(stored.rows);
  }

  /** @param firstRow where the chunk begins in the converted weight */
  add({ bytes, tensor, elements, rotatedRun }: Chunk, firstRow: number): void {
    const { columns } = this.stored;
    const values = new Float32Array(elements);
    dequantize(tensor.type, bytes, values);
    if (this.columnScale) multiplyColumns(values, this.columnScale);
    if (rotatedRun) rotate(values, rotatedRun, columns);
    rotate(values, rotationLength(columns));
    quantizeRows(values, firstRow, this.quants, this.scales);
  }

  async write(output: FileHandle): Promise<void> {
    if (this.stored.type === 'uint8') for (let i = 0; i < this.quants.length; i++) this.quants[i] ^= ZERO_POINT;
    await writeRange(output, this.quants, this.stored.quants.offset);
    await writeRange(output, this.scales, this.stored.scales.offset);
  }
}

/** @param values [rows, scale.length] */
function multiplyColumns(values: Float32Array, scale: Float32Array): void {
  for (let start = 0; start < values.length; start += scale.length) {
    for (let column = 0; column < scale.length; column++) values[start + column] *= scale[column];
  }
}

async function writeRange(
  file: FileHandle,
  values: Float32Array | Uint8ClampedArray | Int8Array,
  offset: number,
): Promise<void> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
  }
}
