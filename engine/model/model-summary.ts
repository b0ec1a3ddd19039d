import type { Precision } from '../types.js';
import { FORMAT_VERSION, type Manifest } from './converted-folder.js';
import type { SourceModel } from './source-model.js';
import { elementCount, type TensorType } from './tensor-info.js';
import type { WeightPlan } from './weight-plan.js';

/** What a manifest says of a model, before its tokenizer is written. */
export function summarizeModel(
  source: SourceModel,
  plan: WeightPlan,
  precision: Precision,
  hash: string,
  fileBytes: number,
): Omit<Manifest, 'tokenizerBytes'> {
  const bytesByType = new Map<TensorType, number>();
  let parameters = 0;
  // One table may be both embedding and head.
  const tensors = new Set(plan.weights.flatMap(({ parts }) => parts.map(({ tensor }) => tensor)));
  for (const { type, shape, byteLength } of tensors) {
    parameters += elementCount(shape);
    bytesByType.set(type, (bytesByType.get(type) ?? 0) + byteLength);
  }
  const [quantization] = [...bytesByType].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
  return {
    formatVersion: FORMAT_VERSION,
    precision,
    weightsBytes: plan.bytes,
    declaredName: source.declaredName,
    source: { fileBytes, hash, quantization, parameters, tokenizer: source.tokenizer.kind },
    config: source.config,
    rotatedResidual: plan.rotatedResidual,
    weights: Object.fromEntries(plan.weights.map(({ name, stored }) => [name, stored])),
  };
}
