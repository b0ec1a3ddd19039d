import { EngineError } from '../errors.js';
import { ConfigReader, checkArchitecture, checkHeads } from './config-reader.js';
import type { ModelConfig, RopeConfig, RopeScaling } from './model-config.js';

/**
 * What a config.json says of its model; values that it leaves out are those of the transformers library.
 *
 * @param path of config.json, for errors
 * @param has whether the weights hold a tensor of this name
 */
export function hfConfig(path: string, json: Record<string, unknown>, has: (tensor: string) => boolean): ModelConfig {
  const entries = new Map(Object.entries(json));
  const reader = new ConfigReader(path, (key) => entries.get(key));
  const declared = reader.text('model_type');
  // Mistral 7B is llama with a window on attention.
  const architecture = checkArchitecture(path, declared === 'mistral' ? 'llama' : declared);
  refuseQuantization(reader);
  refuseFeatures(reader);
  const hiddenSize = reader.count('hidden_size');
  const numHeads = reader.count('num_attention_heads');
  const numKvHeads = reader.count('num_key_value_heads', numHeads);
  const headDim = reader.count('head_dim', hiddenSize / numHeads);
  checkHeads(reader, { numHeads, numKvHeads, headDim });
  const trainedContext = reader.count('max_position_embeddings', declared === 'llama' ? 2048 : 32768);
  const rope = ropeConfig(reader, trainedContext);
  const contextLength = reader.count('max_sequence_length', extendedContext(trainedContext, rope.scaling));
  return {
    architecture,
    numLayers: reader.count('num_hidden_layers'),
    hiddenSize,
    intermediateSize: reader.count('intermediate_size'),
    numHeads,
    numKvHeads,
    headDim,
    vocabSize: reader.count('vocab_size'),
    // Attention over all tokens equals attention over a window as long as no more tokens than the window are there.
    contextLength: Math.min(contextLength, attentionWindow(reader, declared)),
    rmsNormEps: reader.real('rms_norm_eps', 1e-6),
    rope,
    tiedHead: reader.flag('tie_word_embeddings') ?? !has('lm_head.weight'),
    qkvBias: architecture === 'qwen2' || has('model.layers.0.self_attn.q_proj.bias'),
    qkNorm: architecture === 'qwen3',
  };
}

function refuseQuantization(reader: ConfigReader): void {
  const quantization = reader.group('quantization_config');
  if (!quantization) return;
  const method = quantization.text('quant_method') ?? 'unknown';
  throw new EngineError(
    'MODEL_QUANTIZATION_UNSUPPORTED',
    `${reader.path} describes weights quantized with ${method}. Choose the model in BF16, F16 or F32, or as GGUF.`,
    { type: method },
  );
}

function refuseFeatures(reader: ConfigReader): void {
  reader.refuse({
    hidden_act: { feature: 'an activation other than SiLU', neutral: ['silu', 'swish'] },
    num_local_experts: { feature: 'a mixture of experts', neutral: [0] },
    num_experts: { feature: 'a mixture of experts', neutral: [0] },
    mlp_bias: { feature: 'biases in the feed-forward layers', neutral: [false] },
    partial_rotary_factor: { feature: 'partial rotary embedding', neutral: [1] },
    attn_logit_softcapping: { feature: 'soft caps on attention', neutral: [0] },
    final_logit_softcapping: { feature: 'soft caps on logits', neutral: [0] },
    embedding_multiplier: { feature: 'scaled embeddings', neutral: [1] },
    residual_multiplier: { feature: 'scaled residuals', neutral: [1] },
    logits_scaling: { feature: 'scaled logits', neutral: [1] },
    attention_multiplier: { feature: 'an attention scale of its own', neutral: [] },
    no_rope_layers: { feature: 'layers without rotary embedding', neutral: [] },
  });
}

/** Tokens that attention sees; infinite without a window. Only Mistral uses one unless told to. */
function attentionWindow(reader: ConfigReader, declared: string | undefined): number {
  const used = reader.flag('use_sliding_window') ?? declared === 'mistral';
  return used && reader.has('sliding_window') ? reader.count('sliding_window') : Number.POSITIVE_INFINITY;
}

/** YaRN is often switched on beside the length that the model was first trained on. */
function extendedContext(trained: number, scaling: RopeScaling): number {
  return scaling.type === 'yarn'
    ? Math.max(trained, Math.floor(scaling.originalContextLength * scaling.factor))
    : trained;
}

/** Both spellings: rope_scaling beside rope_theta, and rope_parameters with the theta inside (transformers 5). */
function ropeConfig(reader: ConfigReader, trainedContext: number): RopeConfig {
  const parameters = reader.group('rope_parameters') ?? reader.group('rope_scaling');
  const theta = parameters?.has('rope_theta') ? parameters.real('rope_theta') : reader.real('rope_theta', 10000);
  if (!parameters) return { theta, scaling: { type: 'none' } };
  parameters.refuse({ partial_rotary_factor: { feature: 'partial rotary embedding', neutral: [1] } });
  return { theta, scaling: ropeScaling(parameters, trainedContext) };
}

function ropeScaling(parameters: ConfigReader, trainedContext: number): RopeScaling {
  const type = parameters.text('rope_type') ?? parameters.text('type') ?? 'default';
  switch (type) {
    case 'default':
    // Dynamic scaling begins beyond the trained length only, where contextLength ends.
    case 'dynamic':
      return { type: 'none' };
    case 'linear':
      return { type: 'linear', factor: parameters.real('factor') };
    case 'llama3':
      return {
        type: 'llama3',
        factor: parameters.real('factor'),
        lowFreqFactor: parameters.real('low_freq_factor'),
        highFreqFactor: parameters.real('high_freq_factor'),
        originalContextLength: parameters.count('original_max_position_embeddings'),
      };
    case 'yarn':
      return yarn(parameters, trainedContext);
    default:
      return parameters.unsupported(`rotary scaling of type ${type}`);
  }
}

function yarn(parameters: ConfigReader, trainedContext: number): RopeScaling {
  parameters.refuse({ truncate: { feature: 'YaRN without whole bounds', neutral: [true] } });
  const factor = parameters.real('factor');
  const scaleOf = (weight: number) => (factor > 1 ? 0.1 * weight * Math.log(factor) + 1 : 1);
  const fromWeights =
    parameters.has('mscale') && parameters.has('mscale_all_dim')
      ? scaleOf(parameters.real('mscale')) / scaleOf(parameters.real('mscale_all_dim'))
      : scaleOf(1);
  return {
    type: 'yarn',
    factor,
    originalContextLength: parameters.count('original_max_position_embeddings', trainedContext),
    betaFast: parameters.real('beta_fast', 32),
    betaSlow: parameters.real('beta_slow', 1),
    attentionFactor: parameters.real('attention_factor', fromWeights),
  };
}
