import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from '../model/model-config.js';
import { GGUF_NAMES, HF_NAMES, type LayerTensor, type TensorNames } from '../model/tensor-names.js';
import { type GgufEntry, type WrittenTensor, writeGguf, writeSafetensors } from './model-file-writers.js';
import { encodeTensor, type WritableType } from './tensor-encoding.js';
import { TINY_VOCAB_SIZE, tinyGgufTokenizer, tinyTokenizerFiles } from './tiny-tokenizer.js';

export interface TinyModelOptions {
  architecture?: Architecture;
  /** Of matrices; vectors are F32 in a GGUF. Safetensors: F32, F16 or BF16. */
  type?: WritableType;
  /** Same seed, same weights, whatever the format. */
  seed?: number;
  layers?: number;
  tiedHead?: boolean;
  /** Type of single tensors, by what a GGUF calls them. */
  types?: Record<string, WritableType>;
}

export interface TinyGgufOptions extends TinyModelOptions {
  /** Added to the header, or instead of what would stand there; undefined leaves a key out. */
  metadata?: Record<string, GgufEntry | undefined>;
  /** Last change to the tensors before they are written. */
  tensors?: (tensors: WrittenTensor[]) => WrittenTensor[];
}

export interface TinySafetensorsOptions extends TinyModelOptions {
  /** Files that the weights are spread over; default 1, without an index. */
  shards?: number;
  /** Added to config.json; undefined leaves a key out. */
  config?: Record<string, unknown>;
  tensors?: (tensors: WrittenTensor[]) => WrittenTensor[];
}

/** Shape of every tiny model, beside its layers. */
export const TINY_SHAPE = {
  hiddenSize: 64,
  intermediateSize: 128,
  numHeads: 4,
  numKvHeads: 2,
  headDim: 16,
  contextLength: 256,
  vocabSize: TINY_VOCAB_SIZE,
} as const;

const ROPE_THETA = 10000;
const RMS_NORM_EPS = 1e-5;
const DEFAULTS = { architecture: 'llama', type: 'F32', seed: 1, layers: 2, tiedHead: true } as const;

/** Writes a random model as one GGUF file and returns its path. */
export async function writeTinyGguf(folder: string, options: TinyGgufOptions = {}): Promise<string> {
  const { architecture, layers, ...settings } = { ...DEFAULTS, ...options };
  const shape = TINY_SHAPE;
  const count = (key: string, value: number): [string, GgufEntry] => [`${architecture}.${key}`, { type: 'u32', value }];
  const real = (key: string, value: number): [string, GgufEntry] => [`${architecture}.${key}`, { type: 'f32', value }];
  const metadata = new Map<string, GgufEntry>([
    ['general.architecture', { type: 'string', value: architecture }],
    ['general.name', { type: 'string', value: `Tiny ${architecture}` }],
    count('block_count', layers),
    count('context_length', shape.contextLength),
    count('embedding_length', shape.hiddenSize),
    count('feed_forward_length', shape.intermediateSize),
    count('attention.head_count', shape.numHeads),
    count('attention.head_count_kv', shape.numKvHeads),
    count('attention.key_length', shape.headDim),
    count('attention.value_length', shape.headDim),
    count('rope.dimension_count', shape.headDim),
    real('rope.freq_base', ROPE_THETA),
    real('attention.layer_norm_rms_epsilon', RMS_NORM_EPS),
    ...tinyGgufTokenizer(),
  ]);
  for (const [key, entry] of Object.entries(settings.metadata ?? {})) {
    if (entry) metadata.set(key, entry);
    else metadata.delete(key);
  }
  const weights = tinyWeights(GGUF_NAMES, { architecture, layers, ...settings });
  const tensors = weights.map(({ name, shape, values, rotated }) => {
    const type = settings.types?.[name] ?? (shape.length === 1 ? 'F32' : settings.type);
    // llama.cpp's converters put the rows of each head of a llama in pairs order.
    const ordered = rotated && architecture === 'llama' ? pairsOrder(values, shape) : values;
    return { name, type, shape, bytes: encodeTensor(type, ordered) };
  });
  await mkdir(folder, { recursive: true });
  const path = join(folder, `tiny-${architecture}.gguf`);
  await writeGguf(path, metadata, settings.tensors?.(tensors) ?? tensors);
  return path;
}

/** Writes a random model as a safetensors folder and returns its path. */
export async function writeTinySafetensors(folder: string, options: TinySafetensorsOptions = {}): Promise<string> {
  const settings = { ...DEFAULTS, shards: 1, ...options };
  const written = tinyWeights(HF_NAMES, settings).map(({ name, shape, values }) => {
    return { name, type: settings.type, shape, bytes: encodeTensor(settings.type, values) };
  });
  const tensors = settings.tensors?.(written) ?? written;
  await mkdir(folder, { recursive: true });
  const files: Record<string, object> = { 'config.json': hfConfigJson(settings), ...tinyTokenizerFiles() };
  if (settings.shards === 1) {
    await writeSafetensors(join(folder, 'model.safetensors'), tensors);
  } else {
    const weightMap: Record<string, string> = {};
    const perShard = Math.ceil(tensors.length / settings.shards);
    for (let shard = 0; shard < settings.shards; shard++) {
      const name = `model-${shard + 1}-of-${settings.shards}.safetensors`;
      const part = tensors.slice(shard * perShard, (shard + 1) * perShard);
      for (const tensor of part) weightMap[tensor.name] = name;
      await writeSafetensors(join(folder, name), part);
    }
    files['model.safetensors.index.json'] = { metadata: {}, weight_map: weightMap };
  }
  for (const [name, json] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(json));
  return folder;
}

function hfConfigJson({ architecture, layers, tiedHead, config }: TinySafetensorsOptions): object {
  const shape = TINY_SHAPE;
  return {
    model_type: architecture,
    hidden_act: 'silu',
    num_hidden_layers: layers,
    hidden_size: shape.hiddenSize,
    intermediate_size: shape.intermediateSize,
    num_attention_heads: shape.numHeads,
    num_key_value_heads: shape.numKvHeads,
    head_dim: shape.headDim,
    max_position_embeddings: shape.contextLength,
    vocab_size: shape.vocabSize,
    rms_norm_eps: RMS_NORM_EPS,
    rope_theta: ROPE_THETA,
    tie_word_embeddings: tiedHead,
    ...config,
  };
}

interface TinyWeight {
  name: string;
  /** [rows, columns] or [length] */
  shape: number[];
  values: Float32Array;
  /** Rows take part in rotary embedding. */
  rotated: boolean;
}

/** All weights in the order of generation, which does not depend on the names. */
function tinyWeights(
  names: TensorNames,
  options: Required<Pick<TinyModelOptions, keyof typeof DEFAULTS>>,
): TinyWeight[] {
  const { hiddenSize, intermediateSize, numHeads, numKvHeads, headDim, vocabSize } = TINY_SHAPE;
  const random = seededRandom(options.seed);
  const weights: TinyWeight[] = [];
  const matrix = (name: string, rows: number, columns: number, rotated = false) => {
    const values = Float32Array.from({ length: rows * columns }, () => (2 * random() - 1) * Math.sqrt(3 / columns));
    weights.push({ name, shape: [rows, columns], values, rotated });
  };
  const vector = (name: string, length: number, center: number, rotated = false) => {
    const values = Float32Array.from({ length }, () => center + 0.2 * (2 * random() - 1));
    weights.push({ name, shape: [length], values, rotated });
  };
  matrix(names.embedding, vocabSize, hiddenSize);
  for (let layer = 0; layer < options.layers; layer++) {
    const of = (tensor: LayerTensor, kind = 'weight') => `${names.layerPrefix}${layer}.${names.layer[tensor]}.${kind}`;
    const projections = { q: numHeads * headDim, k: numKvHeads * headDim, v: numKvHeads * headDim };
    vector(of('attnNorm'), hiddenSize, 1);
    for (const part of ['q', 'k', 'v'] as const) {
      matrix(of(part), projections[part], hiddenSize, part !== 'v');
      if (options.architecture === 'qwen2') vector(of(part, 'bias'), projections[part], 0, part !== 'v');
    }
    if (options.architecture === 'qwen3') {
      vector(of('qNorm'), headDim, 1);
      vector(of('kNorm'), headDim, 1);
    }
    matrix(of('o'), hiddenSize, numHeads * headDim);
    vector(of('mlpNorm'), hiddenSize, 1);
    matrix(of('gate'), intermediateSize, hiddenSize);
    matrix(of('up'), intermediateSize, hiddenSize);
    matrix(of('down'), hiddenSize, intermediateSize);
  }
  vector(names.finalNorm, hiddenSize, 1);
  if (!options.tiedHead) matrix(names.head, vocabSize, hiddenSize);
  return weights;
}

/** Row j and row j + headDim/2 of each head beside one another: 0, d/2, 1, d/2 + 1 … */
function pairsOrder(values: Float32Array, [rows, columns = 1]: readonly number[]): Float32Array {
  const { headDim } = TINY_SHAPE;
  const ordered = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const inHead = row % headDim;
    const from = row - inHead + Math.floor(inHead / 2) + (inHead % 2) * (headDim / 2);
    ordered.set(values.subarray(from * columns, (from + 1) * columns), row * columns);
  }
  return ordered;
}

/** Numbers in [0, 1). Source: mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
