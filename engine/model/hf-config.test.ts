import { describe, expect, test } from 'vitest';
import { hfConfig } from './hf-config.js';

const LLAMA = {
  model_type: 'llama',
  hidden_act: 'silu',
  num_hidden_layers: 3,
  hidden_size: 64,
  intermediate_size: 128,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 4096,
  vocab_size: 300,
  rms_norm_eps: 1e-5,
  rope_theta: 500000,
  tie_word_embeddings: false,
};

const configOf = (changes: Record<string, unknown> = {}, tensors: string[] = []) =>
  hfConfig('/models/config.json', { ...LLAMA, ...changes }, (tensor) => tensors.includes(tensor));

test('llama is described whole', () => {
  expect(configOf()).toEqual({
    architecture: 'llama',
    numLayers: 3,
    hiddenSize: 64,
    intermediateSize: 128,
    numHeads: 4,
    numKvHeads: 2,
    headDim: 16,
    vocabSize: 300,
    contextLength: 4096,
    rmsNormEps: 1e-5,
    rope: { theta: 500000, scaling: { type: 'none' } },
    tiedHead: false,
    qkvBias: false,
    qkNorm: false,
  });
});

test('the other architectures differ in biases, norms and the length of heads', () => {
  expect(configOf({ model_type: 'qwen2' })).toMatchObject({ architecture: 'qwen2', qkvBias: true, qkNorm: false });
  const qwen3 = configOf({ model_type: 'qwen3', head_dim: 32, num_key_value_heads: undefined });
  expect(qwen3).toMatchObject({ qkvBias: false, qkNorm: true, headDim: 32, numKvHeads: 4 });
});

test('a head is tied if the file says so, or has none', () => {
  expect(configOf({ tie_word_embeddings: true }, ['lm_head.weight']).tiedHead).toBe(true);
  expect(configOf({ tie_word_embeddings: undefined }, ['lm_head.weight']).tiedHead).toBe(false);
  expect(configOf({ tie_word_embeddings: undefined }).tiedHead).toBe(true);
});

describe('a sliding window ends the context', () => {
  test.each([
    [{ model_type: 'mistral', sliding_window: 1024 }, 1024],
    [{ model_type: 'mistral', sliding_window: null }, 4096],
    [{ model_type: 'mistral', sliding_window: 8192 }, 4096],
    [{ model_type: 'qwen2', sliding_window: 1024, use_sliding_window: false }, 4096],
    [{ model_type: 'qwen2', sliding_window: 1024, use_sliding_window: true }, 1024],
  ])('%j → %i', (changes, contextLength) => {
    expect(configOf(changes)).toMatchObject({ contextLength });
  });
});

describe('rotary scaling', () => {
  const llama3 = {
    factor: 32,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  };
  const scaledByLlama3 = {
    type: 'llama3',
    factor: 32,
    lowFreqFactor: 1,
    highFreqFactor: 4,
    originalContextLength: 8192,
  };
  const yarn = { type: 'yarn', factor: 4, originalContextLength: 4096, betaFast: 32, betaSlow: 1 };
  test.each<[string, Record<string, unknown>, object]>([
    ['none', { rope_scaling: null }, { type: 'none' }],
    ['default', { rope_parameters: { rope_type: 'default' } }, { type: 'none' }],
    ['dynamic, within the trained length', { rope_scaling: { type: 'dynamic', factor: 2 } }, { type: 'none' }],
    ['linear, first spelling', { rope_scaling: { type: 'linear', factor: 2 } }, { type: 'linear', factor: 2 }],
    ['llama3', { rope_scaling: { rope_type: 'llama3', ...llama3 } }, scaledByLlama3],
    ['llama3, transformers 5', { rope_parameters: { rope_type: 'llama3', ...llama3 } }, scaledByLlama3],
    [
      'yarn',
      { rope_scaling: { type: 'yarn', factor: 4, original_max_position_embeddings: 4096 } },
      { ...yarn, attentionFactor: 0.1 * Math.log(4) + 1 },
    ],
    [
      'yarn with its own attention factor',
      { rope_scaling: { type: 'yarn', factor: 4, attention_factor: 1.5 } },
      { ...yarn, attentionFactor: 1.5 },
    ],
    [
      'yarn with two weights',
      { rope_scaling: { type: 'yarn', factor: 4, mscale: 1, mscale_all_dim: 1 } },
      { ...yarn, attentionFactor: 1 },
    ],
  ])('%s', (_, changes, scaling) => {
    expect(configOf(changes).rope.scaling).toEqual(scaling);
  });

  test('theta stands in either place', () => {
    expect(configOf({ rope_theta: undefined, rope_parameters: { rope_theta: 7, rope_type: 'default' } })).toMatchObject(
      {
        rope: { theta: 7 },
      },
    );
    expect(configOf({ rope_theta: undefined })).toMatchObject({ rope: { theta: 10000 } });
  });

  test('yarn lengthens the context', () => {
    const rope_scaling = { type: 'yarn', factor: 4, original_max_position_embeddings: 4096 };
    expect(configOf({ rope_scaling })).toMatchObject({ contextLength: 16384 });
  });

  test.each(['longrope', 'su'])('%s is refused', (type) => {
    expect(() => configOf({ rope_scaling: { type, factor: 2 } })).toThrow(type);
  });
});

test.each<[string, Record<string, unknown>]>([
  ['mixture of experts', { num_local_experts: 8 }],
  ['activation', { hidden_act: 'gelu' }],
  ['biases', { mlp_bias: true }],
  ['partial rotary', { partial_rotary_factor: 0.5 }],
  ['partial rotary', { rope_parameters: { rope_type: 'default', partial_rotary_factor: 0.5 } }],
  ['soft caps', { final_logit_softcapping: 30 }],
  ['scaled embeddings', { embedding_multiplier: 12 }],
  ['scaled residuals', { residual_multiplier: 0.22 }],
  ['4 heads over 3', { num_key_value_heads: 3 }],
  ['heads of 12', { head_dim: 12 }],
  ['gemma2', { model_type: 'gemma2' }],
])('a model with %s is refused', (feature, changes) => {
  expect(() => configOf(changes)).toThrow(
    expect.objectContaining({ code: 'MODEL_ARCHITECTURE_UNSUPPORTED', message: expect.stringContaining(feature) }),
  );
});

test('quantized weights are refused by their method', () => {
  expect(() => configOf({ quantization_config: { quant_method: 'gptq' } })).toThrow(
    expect.objectContaining({ code: 'MODEL_QUANTIZATION_UNSUPPORTED', message: expect.stringContaining('gptq') }),
  );
});

test.each([
  ['hidden_size', undefined],
  ['num_hidden_layers', 1.5],
  ['vocab_size', '300'],
  ['rope_scaling', [1]],
  ['tie_word_embeddings', 'yes'],
])('a bad %s is refused by its name', (key, value) => {
  expect(() => configOf({ [key]: value })).toThrow(
    expect.objectContaining({ code: 'MODEL_HEADER_INVALID', message: expect.stringContaining(key) }),
  );
});
