import { EngineError } from '../errors.js';
import { type ConvertedModel, type RotatedWeight, type StoredWeight, ZERO_POINT } from '../model/converted-model.js';
import { rotationLength, rotationMatrix } from '../model/rotation.js';
import type { Attribute, GraphBuilder } from './graph-builder.js';

export const BLOCK_SIZE = 32;
/** MatMulNBits quantizes its input to int8 in blocks as well: its fastest kernel for a single row. */
const INT8_ACCURACY_LEVEL = 4;

export function stored(model: ConvertedModel, name: string): StoredWeight {
  const weight = model.weights[name];
  if (weight) return weight;
  throw new EngineError(
    'MODEL_TENSOR_MISSING',
    `The converted model lacks ${name}. Delete ${model.folder} to convert it anew.`,
  );
}

/** A model in a graph. */
export interface GraphModel extends ConvertedModel {
  /** The graph runs one row at a time: what is found by row is found at once. */
  oneRow: boolean;
}

/** x · Wᵀ: [1, chunk, columns] → [1, chunk, rows]. `output` names the result when it is an output of the graph. */
export function linear(graph: GraphBuilder, model: GraphModel, name: string, input: string, output?: string): string {
  const weight = stored(model, name);
  const outputs = [output ?? graph.nextName(name)];
  if (weight.kind === 'float32') {
    const matrix = graph.externalWeight(name, 'float32', weight.shape, weight.values);
    return graph.microsoftNode('FusedMatMul', [input, matrix], { transB: { int: 1 } }, outputs);
  }
  if (weight.kind === 'rotated') {
    const given = weight.rotatesInput ? rotated(graph, input, weight.columns) : input;
    return model.oneRow
      ? int8ProductOfRow(graph, name, weight, given, outputs[0])
      : int8Product(graph, name, weight, given, outputs[0]);
  }
  const { rows, columns, bits } = weight;
  const blocks = columns / BLOCK_SIZE;
  const quants = graph.externalWeight(
    `${name}.quants`,
    'uint8',
    [rows, blocks, (BLOCK_SIZE * bits) / 8],
    weight.quants,
  );
  const scales = graph.externalWeight(`${name}.scales`, 'float32', [rows, blocks], weight.scales);
  return nBitsProduct(graph, [input, quants, scales], weight, outputs[0], {
    accuracy_level: { int: INT8_ACCURACY_LEVEL },
  });
}

/** x · Wᵀ with weights in blocks. `operands`: input, quants, scales. */
export function nBitsProduct(
  graph: GraphBuilder,
  operands: readonly string[],
  { rows, columns, bits }: { rows: number; columns: number; bits: number },
  output: string,
  attributes: Record<string, Attribute> = {},
): string {
  const shape = { K: { int: columns }, N: { int: rows }, bits: { int: bits }, block_size: { int: BLOCK_SIZE } };
  return graph.microsoftNode('MatMulNBits', operands, { ...shape, ...attributes }, [output]);
}

/** Rows of [1, chunk, columns] as rotation.ts rotates them; twice is not at all. */
export function rotated(graph: GraphBuilder, input: string, columns: number): string {
  const length = rotationLength(columns);
  const runs = graph.node('Reshape', [input, graph.int64Constant(`runsOf${length}`, [1, -1, length])]);
  const matrix = graph.float32Constant(`rotation${length}`, [length, length], rotationMatrix(length));
  const together = graph.int64Constant(`rowsOf${columns}`, [1, -1, columns]);
  return graph.node('Reshape', [graph.node('MatMul', [runs, matrix]), together]);
}

/** The row is rounded to uint8 by its smallest and its largest element: fewer and quicker nodes than for several rows. */
function int8ProductOfRow(
  graph: GraphBuilder,
  name: string,
  weight: RotatedWeight,
  input: string,
  output: string,
): string {
  const [rounded, step, zeroPoint] = ['rounded', 'step', 'zeroPoint'].map((part) => graph.nextName(part));
  graph.manyOutputs('DynamicQuantizeLinear', [input], [rounded, step, zeroPoint], {});
  const operands = int8Operands(graph, name, weight, { rounded, step, zeroPoint });
  return graph.microsoftNode('MatMulIntegerToFloat', operands, {}, [output]);
}

/** Each row of the input is rounded to uint8 by its own largest element. */
function int8Product(graph: GraphBuilder, name: string, weight: RotatedWeight, input: string, output: string): string {
  const largest = graph.node('ReduceMax', [graph.node('Abs', [input])], { axes: { ints: [-1] } });
  // A row of zeros has a scale, too.
  const bounded = graph.node('Max', [largest, graph.float32Scalar('smallest', 1e-30)]);
  const step = graph.node('Mul', [bounded, graph.float32Scalar('stepOfLargest', 1 / 127)]);
  const zeroPoint = graph.uint8Scalar('zeroPoint', ZERO_POINT);
  const unit = graph.float32Scalar('unit', 1);
  const rounded = graph.node('QuantizeLinear', [graph.node('Div', [input, step]), unit, zeroPoint]);
  const operands = int8Operands(graph, name, weight, { rounded, step: unit, zeroPoint });
  return graph.node('Mul', [graph.microsoftNode('MatMulIntegerToFloat', operands, {}), step], {}, output);
}

/** Of MatMulIntegerToFloat. `input`: rounded to uint8, what a step of it is, and the uint8 that stands for 0. */
function int8Operands(
  graph: GraphBuilder,
  name: string,
  { type, rows, columns, quants, scales }: RotatedWeight,
  { rounded, step, zeroPoint }: { rounded: string; step: string; zeroPoint: string },
): string[] {
  const matrix = graph.externalWeight(`${name}.quants`, type, [columns, rows], quants);
  const scaleOfRows = graph.externalWeight(`${name}.scales`, 'float32', [rows], scales);
  const ofUnsigned = type === 'uint8' ? [graph.uint8Scalar('zeroPoint', ZERO_POINT)] : [];
  return [rounded, matrix, step, scaleOfRows, zeroPoint, ...ofUnsigned];
}

/** A one-dimensional weight: a norm's scale or a bias. */
export function vector(graph: GraphBuilder, model: ConvertedModel, name: string): string {
  const weight = stored(model, name);
  if (weight.kind !== 'float32') throw new EngineError('INTERNAL', `${name} must be float32`);
  return graph.externalWeight(name, 'float32', weight.shape, weight.values);
}
