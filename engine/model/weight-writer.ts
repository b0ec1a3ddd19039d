import type { FileHandle } from 'node:fs/promises';
import { EngineError } from '../errors.js';
import { type RotatedWeight, type StoredWeight, ZERO_POINT } from './converted-model.js';
import { dequantize } from './dequantize.js';
import { openModelFile } from './file-problem.js';
import { BLOCK, blockBytes, isRepackable, quantize8, quantizeRows, repack } from './quantize.js';
import { rotate, rotationLength } from './rotation.js';
import type { TensorInfo } from './tensor-info.js';
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
  try {
    for (const weight of plan.weights) {
      let row = 0;
      const turned = weight.stored.kind === 'rotated' ? new TurnedRows(weight.stored) : null;
      for (const part of weight.parts) {
        const source = sources.get(part.tensor.file) ?? (await openModelFile(part.tensor.file));
        sources.set(part.tensor.file, source);
        await writePart(weight, part, row, source, turned ?? output, options);
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
  const { tensor, pairedHeadDim } = part;
  const rows = tensor.shape[0];
  const rowBytes = tensor.byteLength / rows;
  const unit = pairedHeadDim ?? 1;
  const chunkRows = Math.max(1, Math.floor(CHUNK_ELEMENTS / weight.columns / unit)) * unit;
  for (let row = 0; row < rows; row += chunkRows) {
    signal?.throwIfAborted();
    const count = Math.min(chunkRows, rows - row);
    let bytes = await readRange(source, tensor, row * rowBytes, count * rowBytes);
    if (pairedHeadDim) bytes = halvesOrder(bytes, rowBytes, pairedHeadDim);
    const chunk = { bytes, tensor, elements: count * weight.columns };
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
}

/** @param firstElement where the chunk begins in the converted weight */
async function writeChunk(
  stored: StoredWeight,
  { bytes, tensor, elements }: Chunk,
  firstElement: number,
  output: FileHandle,
): Promise<void> {
  if (stored.kind === 'rotated') throw new EngineError('INTERNAL', 'Turned rows are written whole.');
  if (stored.kind === 'float32') {
    const values = new Float32Array(elements);
    dequantize(tensor.type, bytes, values);
    await writeRange(output, values, stored.values.offset + firstElement * 4);
    return;
  }
  const firstBlock = firstElement / BLOCK;
  const scales = new Float32Array(elements / BLOCK);
  const quants = new Uint8ClampedArray(scales.length * blockBytes(stored.bits));
  if (isRepackable(tensor.type)) {
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

  constructor(private readonly stored: RotatedWeight) {
    this.quants = new Int8Array(stored.rows * stored.columns);
    this.scales = new Float32Array(stored.rows);
  }

  /** @param firstRow where the chunk begins in the converted weight */
  add({ bytes, tensor, elements }: Chunk, firstRow: number): void {
    const values = new Float32Array(elements);
    dequantize(tensor.type, bytes, values);
    rotate(values, rotationLength(this.stored.columns));
    quantizeRows(values, firstRow, this.quants, this.scales);
  }

  async write(output: FileHandle): Promise<void> {
    if (this.stored.type === 'uint8') for (let i = 0; i < this.quants.length; i++) this.quants[i] ^= ZERO_POINT;
    await writeRange(output, this.quants, this.stored.quants.offset);
    await writeRange(output, this.scales, this.stored.scales.offset);
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
