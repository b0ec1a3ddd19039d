import { closeSync, openSync, readSync } from 'node:fs';
import { type ByteRange, type ConvertedModel, ZERO_POINT } from '../model/converted-model.js';
import { rotate, rotationLength } from '../model/rotation.js';

/**
 * A weight of a converted model as floats, by the definitions in converted-model.ts, with no rotation left in it; where
 * matrices have taken on a norm's scale, they have it. [rows · columns]
 */
export function readWeight(model: ConvertedModel, name: string): Float32Array {
  const { weightsPath, weights } = model;
  const bytesAt = ({ offset, length }: ByteRange) => {
    const file = openSync(weightsPath, 'r');
    try {
      const bytes = new Uint8Array(length);
      readSync(file, bytes, 0, length, offset);
      return bytes;
    } finally {
      closeSync(file);
    }
  };
  const floatsAt = (range: ByteRange) => new Float32Array(bytesAt(range).buffer);
  const weight = weights[name];
  if (weight.kind === 'float32') return floatsAt(weight.values);
  const quants = bytesAt(weight.quants);
  const scales = floatsAt(weight.scales);
  if (weight.kind === 'rotated') {
    const { rows, columns, type } = weight;
    const signed =
      type === 'int8' ? new Int8Array(quants.buffer) : Int8Array.from(quants, (quant) => quant - ZERO_POINT);
    const at = (i: number) => signed[(i % columns) * rows + Math.floor(i / columns)];
    const values = Float32Array.from({ length: rows * columns }, (_, i) => scales[Math.floor(i / columns)] * at(i));
    rotate(values, rotationLength(columns));
    unrotateRows(model, name, values, columns);
    return values;
  }
  return Float32Array.from({ length: weight.rows * weight.columns }, (_, at) => {
    const byte = quants[Math.floor((at * weight.bits) / 8)];
    const quant = weight.bits === 8 ? byte : at % 2 === 0 ? byte & 15 : byte >> 4;
    return scales[Math.floor(at / 32)] * (quant - 2 ** (weight.bits - 1));
  });
}

/** @param values [rows, columns] of a matrix, or of a bias with one column; changed in place */
function unrotateRows(
  { config, rotatedResidual, weights }: ConvertedModel,
  name: string,
  values: Float32Array,
  columns: number,
): void {
  if (!rotatedResidual || name === 'head') return;
  const { numHeads, numKvHeads, headDim, hiddenSize } = config;
  const [, layer, part] = name.split('.');
  if (part === 'o' || part === 'down') rotate(values, rotationLength(hiddenSize), columns);
  const o = weights[`layers.${layer}.o`];
  if (!part.startsWith('qkv') || (o.kind === 'rotated' && o.rotatesInput)) return;
  rotate(values.subarray((numHeads + numKvHeads) * headDim * columns), rotationLength(numHeads * headDim), columns);
}
