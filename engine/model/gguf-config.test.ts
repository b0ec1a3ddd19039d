import { describe, expect, test } from 'vitest';
import type { GgufEntry } from '../testing/model-file-writers.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { TINY_SHAPE, type TinyGgufOptions, writeTinyGguf } from '../testing/tiny-model.js';
import { readGguf } from './gguf.js';
import { ggufConfig } from './gguf-config.js';

async function configOf(options: TinyGgufOptions = {}, ropeFactors: number[] | null = null) {
  return ggufConfig(await readGguf(await writeTinyGguf(await temporaryFolder(), options)), ropeFactors);
}

const u32 = (value: number): GgufEntry => ({ type: 'u32', value });
const f32 = (value: number): GgufEntry => ({ type: 'f32', value });
const text = (value: string): GgufEntry => ({ type: 'string', value });

test.each([
  ['llama', false, false],
  ['qwen2', true, false],
  ['qwen3', false, true],
] as const)('%s is described whole', async (architecture, qkvBias, qkNorm) => {
  expect(await configOf({ architecture, tiedHead: architecture !== 'qwen2' })).toEqual({
    architecture,
    numLayers: 2,
    ...TINY_SHAPE,
    rmsNormEps: Math.fround(1e-5),
    rope: { theta: 10000, scaling: { type: 'none' } },
    tiedHead: architecture !== 'qwen2',
    qkvBias,
    qkNorm,
  });
});

test('absent keys have their defaults', async () => {
  const config = await configOf({
    metadata: {
      'llama.attention.key_length': undefined,
      'llama.attention.value_length': undefined,
      'llama.rope.dimension_count': undefined,
      'llama.rope.freq_base': undefined,
    },
  });
  expect(config).toMatchObject({ headDim: 16, rope: { theta: 10000 } });
});

test('as many key heads as heads, unless said otherwise', async () => {
  expect(await configOf({ metadata: { 'llama.attention.head_count_kv': undefined } })).toMatchObject({ numKvHeads: 4 });
});

test('a list of equal values per layer is one value', async () => {
  const list = (...value: number[]): GgufEntry => ({ type: 'i32s', value });
  expect(await configOf({ metadata: { 'llama.attention.head_count_kv': list(2, 2) } })).toMatchObject({
    numKvHeads: 2,
  });
  await expect(configOf({ metadata: { 'llama.attention.head_count_kv': list(2, 4) } })).rejects.toMatchObject({
    code: 'MODEL_ARCHITECTURE_UNSUPPORTED',
  });
});

test('the context ends where a sliding window would begin to matter', async () => {
  expect(await configOf({ metadata: { 'llama.attention.sliding_window': u32(100) } })).toMatchObject({
    contextLength: 100,
  });
});

describe('rotary scaling', () => {
  test.each<[string, Record<string, GgufEntry>, object]>([
    ['none', { 'llama.rope.scaling.type': text('none'), 'llama.rope.scaling.factor': f32(2) }, { type: 'none' }],
    [
      'linear',
      { 'llama.rope.scaling.type': text('linear'), 'llama.rope.scaling.factor': f32(4) },
      { type: 'linear', factor: 4 },
    ],
    ['linear, old key', { 'llama.rope.scale_linear': f32(2) }, { type: 'linear', factor: 2 }],
    [
      'yarn',
      {
        'llama.rope.scaling.type': text('yarn'),
        'llama.rope.scaling.factor': f32(4),
        'llama.rope.scaling.original_context_length': u32(64),
      },
      {
        type: 'yarn',
        factor: 4,
        originalContextLength: 64,
        betaFast: 32,
        betaSlow: 1,
        attentionFactor: 1 + 0.1 * Math.log(4),
      },
    ],
  ])('%s', async (_, metadata, scaling) => {
    expect((await configOf({ metadata })).rope.scaling).toEqual(scaling);
  });

  test('factors come from their tensor', async () => {
    const factors = [1, 1, 1, 2, 4, 8, 8, 8];
    expect((await configOf({}, factors)).rope.scaling).toEqual({ type: 'factors', factors });
  });

  test.each([[[1, 2, 3]], [[1, 1, 1, 2, 4, 8, 8, 0]], [[1, 1, 1, 2, 4, 8, 8, Number.NaN]]])(
    'factors that do not fit the heads are refused: %j',
    async (factors) => {
      await expect(configOf({}, factors)).rejects.toMatchObject({ code: 'MODEL_HEADER_INVALID' });
    },
  );
});

test.each<[string, Record<string, GgufEntry>]>([
  ['mixture of experts', { 'llama.expert_count': u32(8) }],
  ['soft caps', { 'llama.attn_logit_softcapping': f32(50) }],
  ['scaled embeddings', { 'llama.embedding_scale': f32(12) }],
  ['scaled logits', { 'llama.logit_scale': f32(0.5) }],
  ['attention scale', { 'llama.attention.scale': f32(0.1) }],
  ['partial rotary', { 'llama.rope.dimension_count': u32(8) }],
  ['keys longer than values', { 'llama.attention.value_length': u32(8) }],
  ['4 heads over 3', { 'llama.attention.head_count_kv': u32(3) }],
  ['longrope', { 'llama.rope.scaling.type': text('longrope') }],
])('a model with %s is refused by the name of the feature', async (feature, metadata) => {
  await expect(configOf({ metadata })).rejects.toMatchObject({
    code: 'MODEL_ARCHITECTURE_UNSUPPORTED',
    message: expect.stringContaining(feature),
  });
});

test('another architecture is refused with those we have', async () => {
  await expect(configOf({ metadata: { 'general.architecture': text('mamba') } })).rejects.toMatchObject({
    code: 'MODEL_ARCHITECTURE_UNSUPPORTED',
    message: expect.stringMatching(/mamba.*llama, qwen2 or qwen3/),
  });
});

test.each<[string, GgufEntry | undefined]>([
  ['llama.block_count', undefined],
  ['llama.embedding_length', text('64')],
  ['llama.attention.head_count', u32(0)],
  ['llama.context_length', { type: 'u64', value: 2n ** 63n }],
  ['llama.attention.layer_norm_rms_epsilon', f32(Number.NaN)],
])('a header with a bad %s is refused by the name of the key', async (key, entry) => {
  await expect(configOf({ metadata: { [key]: entry } })).rejects.toMatchObject({
    code: 'MODEL_HEADER_INVALID',
    message: expect.stringContaining(key.slice('llama.'.length)),
  });
});
