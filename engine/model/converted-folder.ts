import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TokenizerFiles } from '../text/tokenizer-files.js';
import type { ModelInfo, Precision } from '../types.js';
import type { ConvertedModel, LayerForm, StoredWeight } from './converted-model.js';
import { ARCHITECTURES, type ModelConfig, type RopeScaling } from './model-config.js';
import { PAGE } from './weight-plan.js';

/** Raised whenever a converted model of an older version must not be used any more. */
export const FORMAT_VERSION = 5;

const MANIFEST = 'manifest.json';
const TOKENIZER = 'tokenizer.json';
const WEIGHTS = 'weights.bin';

const count = z.number().int().nonnegative();
const range = z.object({ offset: count.multipleOf(PAGE), length: count });

const scaling: z.ZodType<RopeScaling> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('linear'), factor: z.number() }),
  z.object({
    type: z.literal('llama3'),
    factor: z.number(),
    lowFreqFactor: z.number(),
    highFreqFactor: z.number(),
    originalContextLength: count,
  }),
  z.object({
    type: z.literal('yarn'),
    factor: z.number(),
    originalContextLength: count,
    betaFast: z.number(),
    betaSlow: z.number(),
    attentionFactor: z.number(),
  }),
  z.object({ type: z.literal('factors'), factors: z.array(z.number()) }),
]);

const config: z.ZodType<ModelConfig> = z.object({
  architecture: z.enum(ARCHITECTURES),
  numLayers: count,
  hiddenSize: count,
  intermediateSize: count,
  numHeads: count,
  numKvHeads: count,
  headDim: count,
  vocabSize: count,
  contextLength: count,
  rmsNormEps: z.number(),
  rope: z.object({ theta: z.number(), scaling }),
  tiedHead: z.boolean(),
  qkvBias: z.boolean(),
  qkNorm: z.boolean(),
});

const weight: z.ZodType<StoredWeight> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('float32'), shape: z.array(count), values: range }),
  z.object({
    kind: z.literal('blocks'),
    bits: z.union([z.literal(4), z.literal(8)]),
    rows: count,
    columns: count,
    quants: range,
    scales: range,
  }),
  z.object({
    kind: z.literal('rotated'),
    type: z.enum(['int8', 'uint8']),
    rotatesInput: z.boolean(),
    rows: count,
    columns: count,
    quants: range,
    scales: range,
  }),
]);

const manifestSchema = z.object({
  formatVersion: z.literal(FORMAT_VERSION),
  precision: z.enum(['default', 'float32']),
  weightsBytes: count,
  tokenizerBytes: count,
  /** null: the source does not say, the file's own name is used. */
  declaredName: z.string().nullable(),
  /** The rest of ModelInfo is in config, or depends on where the source lies. */
  source: z.object({
    fileBytes: count,
    hash: z.string(),
    quantization: z.string(),
    parameters: count,
    tokenizer: z.string(),
  }),
  config,
  rotatedResidual: z.boolean(),
  weights: z.record(z.string(), weight),
});

/** What manifest.json of a converted model holds. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Folder name of a converted model. */
export function convertedName(hash: string, precision: Precision, form: LayerForm): string {
  return `${hash}-${precision === 'default' ? form : precision}-v${FORMAT_VERSION}`;
}

/** Whether a folder was made by an older version of the app, which this one cannot read. */
export function isOlderFormat(name: string): boolean {
  const version = /^[0-9a-f]+-\w+-v(\d+)$/.exec(name)?.[1];
  return version !== undefined && Number(version) < FORMAT_VERSION;
}

export function weightsPath(folder: string): string {
  return join(folder, WEIGHTS);
}

/** Completes a folder that holds the weights already. */
export async function writeDescription(
  folder: string,
  manifest: Omit<Manifest, 'tokenizerBytes'>,
  tokenizer: TokenizerFiles,
): Promise<void> {
  const tokenizerText = Buffer.from(JSON.stringify(tokenizer));
  const complete: Manifest = { ...manifest, tokenizerBytes: tokenizerText.length };
  await writeFile(join(folder, TOKENIZER), tokenizerText);
  await writeFile(join(folder, MANIFEST), JSON.stringify(complete));
}

/** The tokenizer that an import stored with a converted model. */
export async function readTokenizer(model: ConvertedModel): Promise<TokenizerFiles> {
  return JSON.parse(await readFile(join(model.folder, TOKENIZER), 'utf8')) as TokenizerFiles;
}

/** A converted model's manifest; null if the folder is not there or damaged. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    const [text, weights, tokenizer] = await Promise.all([
      readFile(join(folder, MANIFEST), 'utf8'),
      stat(weightsPath(folder)),
      stat(join(folder, TOKENIZER)),
    ]);
    const manifest = manifestSchema.parse(JSON.parse(text));
    const whole = weights.size === manifest.weightsBytes && tokenizer.size === manifest.tokenizerBytes;
    return whole ? manifest : null;
  } catch {
    return null;
  }
}

/** @param path where the model's source lies now; `fileName` stands in for a name that the source does not give */
export function openConverted(folder: string, manifest: Manifest, path: string, fileName: string): ConvertedModel {
  return {
    folder,
    weightsPath: weightsPath(folder),
    precision: manifest.precision,
    info: modelInfo(manifest, path, fileName),
    config: manifest.config,
    rotatedResidual: manifest.rotatedResidual,
    weights: manifest.weights,
  };
}

/** @param fileName stands in for a name that the source does not give */
export function modelInfo(
  { config, declaredName, source }: Pick<Manifest, 'config' | 'declaredName' | 'source'>,
  path: string,
  fileName: string,
): ModelInfo {
  return {
    name: declaredName ?? fileName,
    path,
    ...source,
    architecture: config.architecture,
    layers: config.numLayers,
    hiddenSize: config.hiddenSize,
    numHeads: config.numHeads,
    numKvHeads: config.numKvHeads,
    headDim: config.headDim,
    vocabSize: config.vocabSize,
    contextLength: config.contextLength,
  };
}
