import { EngineError } from '../errors.js';
import type { ConvertedModel, StoredWeight } from '../model/converted-model.js';
import type { GraphBuilder } from './graph-builder.js';

const BLOCK_SIZE = 32;
/** MatMulNBits quantizes its input to int8 in blocks as well: the fastest kernel, KL ≈ .004 on the default model. */
const INT8_ACCURACY_LEVEL = 4;

function stored(model: ConvertedModel, name: string): StoredWeight {
  const weight = model.weights[name];
  if (weight) return weight;
  throw new EngineError(
    'MODEL_TENSOR_MISSING',
    `The converted model lacks ${name}. Delete ${model.folder} to convert it anew.`,
  );
}

/** x · Wᵀ: [1, chunk, columns] → [1, chunk, rows]. `output` names the result when it is an output of the graph. */
export function linear(
  graph: GraphBuilder,
  model: ConvertedModel,
  name: string,
  input: string,
  output?: string,
): string {
  const weight = stored(model, name);
  const outputs = [output ?? graph.nextName(name)];
  if (weight.kind === 'float32') {
    const matrix = graph.externalWeight(name, 'float32', weight.shape, weight.values);
    return graph.microsoftNode('FusedMatMul', [input, matrix], { transB: { int: 1 } }, outputs);
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
  return graph.microsoftNode(
    'MatMulNBits',
    [input, quants, scales],
    {
      K: { int: columns },
      N: { int: rows },
      bits: { int: bits },
      block_size: { int: BLOCK_SIZE },
      accuracy_level: { int: INT8_ACCURACY_LEVEL },
    },
    outputs,
  );
}

/** A one-dimensional weight: a norm's scale or a bias. */
export function vector(graph: GraphBuilder, model: ConvertedModel, name: string): string {
  const weight = stored(model, name);
  if (weight.kind !== 'float32') throw new EngineError('INTERNAL', `${name} must be float32`);
  return graph.externalWeight(name, 'float32', weight.shape, weight.values);
}
