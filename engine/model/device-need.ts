import { EngineError } from '../errors.js';
import { inMegabytes } from '../kv/compression.js';
import type { GraphicsDevice, Precision } from '../types.js';
import type { ModelConfig } from './model-config.js';
import { fileBytes, findModelFiles } from './model-files.js';
import { readSourceModel, type SourceModel } from './source-model.js';
import { type PlannedWeight, planWeights, storedBytes } from './weight-plan.js';

/** Of a device's memory; the rest is others' and ONNX Runtime's own. */
export const USABLE_SHARE = 0.9;
/** A chat for which there must be room at least; longer ones are refused when it comes to them. */
const LEAST_TOKENS = 1024;
/** Most bytes on a device for a byte of a model's files: those of 4 bits grow to 8, or to 32. */
const MOST_GROWTH: Readonly<Record<Precision, number>> = { default: 2.5, float32: 10 };
const KV_BYTES = 4;

/**
 * Refuses a model that a device has no memory for, before anything of it is loaded or converted.
 * @throws EngineError DEVICE_TOO_SMALL, with what would fit; every MODEL_… code
 */
export async function checkDeviceRoom(modelPath: string, precision: Precision, device: GraphicsDevice): Promise<void> {
  if (device.memoryBytes === null) return;
  const room = device.memoryBytes * USABLE_SHARE;
  const files = await findModelFiles(modelPath);
  // Nearly always it fits, which is told without reading its header.
  if (fileBytes(files) * MOST_GROWTH[precision] + 2 ** 28 <= room) return;
  const source = await readSourceModel(files);
  const needed = neededBytes(source, precision);
  if (needed <= room) return;
  throw tooSmall(source, { precision, device, room, needed });
}

interface Shortage {
  precision: Precision;
  device: GraphicsDevice;
  room: number;
  needed: number;
}

function tooSmall(source: SourceModel, { precision, device, room, needed }: Shortage): EngineError {
  const eightBit = neededBytes(source, 'default');
  const fourBit = neededBytes(source, 'default', fourBitBytes);
  const smaller =
    precision === 'float32' && eightBit <= room
      ? `In 8 bits it would take ${inMegabytes(eightBit)}: change the precision`
      : fourBit <= room
        ? `A file of it in Q4_0 would take ${inMegabytes(fourBit)}: choose one`
        : 'Choose a smaller model';
  const deviceBytes = device.memoryBytes ?? 0;
  return new EngineError(
    'DEVICE_TOO_SMALL',
    `The model takes ${inMegabytes(needed)} of the graphics processor's memory with a chat of ${LEAST_TOKENS} tokens, and ${device.name} has ${inMegabytes(deviceBytes)}. ${smaller}, or run it on the processor.`,
    { neededBytes: needed, deviceBytes, device: device.name },
  );
}

function neededBytes(
  source: SourceModel,
  precision: Precision,
  bytesOf = ({ stored }: PlannedWeight) => storedBytes(stored),
): number {
  const { config } = source;
  const weights = planWeights(source, precision, 'blocks').weights.filter((weight) => isOnDevice(weight, config));
  const kv = 2 * config.numLayers * config.numKvHeads * config.headDim * LEAST_TOKENS * KV_BYTES;
  return weights.reduce((sum, weight) => sum + bytesOf(weight), kv);
}

/** Rows of the embedding are read from the file, unless they are the head as well. */
function isOnDevice({ name }: PlannedWeight, { tiedHead }: ModelConfig): boolean {
  return name !== 'embedding' || tiedHead;
}

function fourBitBytes(weight: PlannedWeight): number {
  const { stored } = weight;
  const bytes = storedBytes(stored);
  return stored.kind === 'blocks' && stored.bits === 8 ? bytes - stored.quants.length / 2 : bytes;
}
