import { expect, test } from 'vitest';
import type { ModelConfig } from './model-config.js';
import type { SourceModel } from './source-model.js';
import { elementCount, type TensorInfo } from './tensor-info.js';
import { HF_NAMES } from './tensor-names.js';
import { planWeights } from './weight-plan.js';

const HIDDEN = 48;
const CONFIG: ModelConfig = {
  architecture: 'llama',
  numLayers: 1,
  hiddenSize: HIDDEN,
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

/** A model whose rows are 48 long where they come from the hidden state, and 64 elsewhere. */
function source(extra: Record<string, number[]> = {}): SourceModel {
  const layer = 'model.layers.0.';
  const shapes: Record<string, number[]> = {
    'model.embed_tokens.weight': [10, HIDDEN],
    'model.norm.weight': [HIDDEN],
    [`${layer}input_layernorm.weight`]: [HIDDEN],
    [`${layer}post_attention_layernorm.weight`]: [HIDDEN],
    ...Object.fromEntries(['q', 'k', 'v'].map((part) => [`${layer}self_attn.${part}_proj.weight`, [64, HIDDEN]])),
    [`${layer}self_attn.o_proj.weight`]: [HIDDEN, 64],
    [`${layer}mlp.gate_proj.weight`]: [64, HIDDEN],
    [`${layer}mlp.up_proj.weight`]: [64, HIDDEN],
    [`${layer}mlp.down_proj.weight`]: [HIDDEN, 64],
    ...extra,
  };
  const tensors = Object.entries(shapes).map(([name, shape]): [string, TensorInfo] => [
    name,
    { name, type: 'F32', shape, file: '/m', offset: 0, byteLength: elementCount(shape) * 4 },
  ]);
  return {
    path: '/m',
    declaredName: null,
    config: CONFIG,
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
    source({ 'model.layers.0.self_attn.rotary_emb.inv_freq': [8], 'lm_head.weight': [10, HIDDEN] }),
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
