import { closeSync, openSync, readSync } from 'node:fs';
import { type ByteRange, type ConvertedModel, ZERO_POINT } from '../model/converted-model.js';
import { rotate, rotationLength } from '../model/rotation.js';

/** A weight of a converted model as floats, by the definition in StoredWeight. [rows · columns] */
export function readWeight({ weightsPath, weights }: ConvertedModel, name: string): Float32Array {
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
    return values;
  }
  return Float32Array.from({ length: weight.rows * weight.columns }, (_, at) => {
    const byte = quants[Math.floor((at * weight.bits) / 8)];
    const quant = weight.bits === 8 ? byte : at % 2 === 0 ? byte & 15 : byte >> 4;
    return scales[Math.floor(at / 32)] * (quant - 2 ** (weight.bits - 1));
  });
}
