import { inspectModel } from '../model/inspect-model.js';
import type { ModelInfo } from '../types.js';
import { CACHE_FOLDER, modelPathOf } from './places.js';
import { printReport } from './report.js';
import { parseOptions } from './usage-error.js';

/** Prints what a model's files say of it. */
export async function inspect(args: string[]): Promise<void> {
  const { model, json } = parseOptions(args, {
    model: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const info = await inspectModel(modelPathOf(model), CACHE_FOLDER);
  if (json) process.stdout.write(`${JSON.stringify(info)}\n`);
  else printReport(describe(info));
}

function describe(info: ModelInfo): [string, string][] {
  const { layers, numHeads, numKvHeads, headDim } = info;
  return [
    ['Name', info.name],
    ['File', info.path],
    ['Size', `${(info.fileBytes / 1e6).toFixed(1)} MB, ${(info.parameters / 1e6).toFixed(1)} M parameters`],
    ['Architecture', info.architecture],
    ['Quantization', info.quantization],
    ['Layers', String(layers)],
    ['Heads', `${numHeads} query, ${numKvHeads} key-value, ${headDim} wide`],
    ['Hidden size', String(info.hiddenSize)],
    ['Vocabulary', String(info.vocabSize)],
    ['Context', `${info.contextLength} tokens`],
    ['Tokenizer', info.tokenizer],
    ['SHA-256', info.hash],
  ];
}
