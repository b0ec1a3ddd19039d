import { describe, expect, test } from 'vitest';
import type { ModelConfig } from './model-config.js';
import type { SourceModel } from './source-model.js';
import { elementCount, type TensorInfo, type TensorType } from './tensor-info.js';
import { HF_NAMES } from './tensor-names.js';
import { planWeights } from './weight-plan.js';

const CONFIG: ModelConfig = {
  architecture: 'llama',
  numLayers: 1,
  hiddenSize: 48,
  intermediateSize: 64,
  numHeads: 4,
  numKvHeads: 4,
  headDim: 16,
  vocabSize: 10,
  contextLength: 32,
  rmsNormEps: 1e-5,
  rope: { theta: 10000, scaling: { type: 'none' } },
  tiedHead: true,
  qkvBias: false,
  qkNorm: false,
};

/** A model whose rows are 48 long where they come from the hidden state (unless changed), and 64 elsewhere. */
function source(
  extra: Record<string, number[]> = {},
  changes: Partial<ModelConfig> = {},
  typeOf: (name: string) => TensorType = () => 'F32',
): SourceModel {
  const config = { ...CONFIG, ...changes };
  const { hiddenSize: hidden, intermediateSize: inner } = config;
  const layer = 'model.layers.0.';
  const shapes: Record<string, number[]> = {
    'model.embed_tokens.weight': [10, hidden],
    'model.norm.weight': [hidden],
    [`${layer}input_layernorm.weight`]: [hidden],
    [`${layer}post_attention_layernorm.weight`]: [hidden],
    ...Object.fromEntries(['q', 'k', 'v'].map((part) => [`${layer}self_attn.${part}_proj.weight`, [64, hidden]])),
    [`${layer}self_attn.o_proj.weight`]: [hidden, 64],
    [`${layer}mlp.gate_proj.weight`]: [inner, hidden],
    [`${layer}mlp.up_proj.weight`]: [inner, hidden],
    [`${layer}mlp.down_proj.weight`]: [hidden, inner],
    ...extra,
  };
  const tensors = Object.entries(shapes).map(([name, shape]): [string, TensorInfo] => [
    name,
    { name, type: typeOf(name), shape, file: '/m', offset: 0, byteLength: elementCount(shape) * 4 },
  ]);
  return {
    path: '/m',
    declaredName: null,
    config,
    tensors: new Map(tensors),
    names: HF_NAMES,
    pairedRotary: false,
    tokenizer: {
      tokenizerJson: {},
      tokenizerConfig: {},
      bosToken: null,
      eosToken: null,
      endTokenIds: [],
      addBosToken: false,
      chatTemplate: null,
      kind: '',
    },
  };
}

test('rows that are not whole blocks are stored as floats, the others in 8 bits', () => {
  const { weights } = planWeights(source(), 'default');
  const kinds = Object.fromEntries(weights.map(({ name, stored }) => [name, stored.kind]));
  expect(kinds).toMatchObject({
    embedding: 'float32',
    'layers.0.qkv': 'float32',
    'layers.0.gateUp': 'float32',
    'layers.0.o': 'rotated',
    'layers.0.down': 'rotated',
  });
});

test('tensors without meaning, and the head of a tied model, are left out', () => {
  const plain = planWeights(source(), 'float32');
  const more = planWeights(
    source({ 'model.layers.0.self_attn.rotary_emb.inv_freq': [8], 'lm_head.weight': [10, CONFIG.hiddenSize] }),
    'float32',
  );
  expect(more).toEqual(plain);
});

test('a tensor that would be left out is refused by its name', () => {
  expect(() => planWeights(source({ 'model.layers.0.mlp.gate_proj.bias': [64] }), 'default')).toThrow(
    expect.objectContaining({
      code: 'MODEL_ARCHITECTURE_UNSUPPORTED',
      message: expect.stringContaining('model.layers.0.mlp.gate_proj.bias'),
    }),
  );
});

test('4 bits of layers stay 4 bits only where there are many', () => {
  const bitsOf = (changes: Partial<ModelConfig>) => {
    const { weights, rotatedResidual } = planWeights(
      source({}, { hiddenSize: 64, ...changes }, (name) => (name.includes('v_proj') ? 'Q8_0' : 'Q4_0')),
      'default',
    );
    const stored = (name: string) => weights.find((weight) => weight.name === `layers.0.${name}`)?.stored;
    return { down: stored('down'), qkv: stored('qkv'), rotatedResidual };
  };
  expect(bitsOf({})).toMatchObject({ down: { kind: 'rotated' }, qkv: { kind: 'rotated' }, rotatedResidual: true });
  const large = bitsOf({ hiddenSize: 8192, intermediateSize: 32768 });
  expect(large).toMatchObject({
    down: { kind: 'blocks', bits: 4 },
    // As one with v, which has 8.
    qkv: { kind: 'rotated', rotatesInput: true },
    rotatedResidual: false,
  });
});

describe('rotations are folded', () => {
  const plan = (changes: Partial<ModelConfig>) => {
    const { weights, rotatedResidual } = planWeights(source({}, changes), 'default');
    const inputs = Object.fromEntries(
      weights.flatMap(({ name, stored }) =>
        stored.kind === 'rotated' ? [[name.replace(/^layers\.\d\./, ''), stored.rotatesInput]] : [],
      ),
    );
    return { inputs, rotatedResidual };
  };

  test('wherever all matrices of the layers and the head are in 8 bits', () => {
    expect(plan({ hiddenSize: 64, headDim: 64, numHeads: 1, numKvHeads: 1 })).toEqual({
      inputs: { qkv: false, o: false, gateUp: false, down: true, head: false },
      rotatedResidual: true,
    });
  });

  test('into values only where runs stay within heads', () => {
    expect(plan({ hiddenSize: 64 }).inputs).toMatchObject({ qkv: false, o: true });
  });

  test('not at all beside matrices in floats', () => {
    expect(plan({})).toEqual({ inputs: { o: true, down: true }, rotatedResidual: false });
  });
});
