import { EngineError } from '../errors.js';
import { ConfigReader, checkArchitecture, checkHeads } from './config-reader.js';
import { dequantize } from './dequantize.js';
import type { GgufFile } from './gguf.js';
import type { ModelConfig, RopeConfig, RopeScaling } from './model-config.js';

/** What a GGUF's metadata says of its model. `ropeFactors` [headDim / 2]: the tensor rope_freqs.weight, if there. */
export function ggufConfig(file: GgufFile, ropeFactors: number[] | null): ModelConfig {
  const declared = file.metadata.get('general.architecture');
  const architecture = checkArchitecture(file.path, typeof declared === 'string' ? declared : undefined);
  const reader = new ConfigReader(file.path, (key) => file.metadata.get(`${architecture}.${key}`));
  refuseFeatures(reader);
  const hiddenSize = reader.count('embedding_length');
  const numHeads = reader.count('attention.head_count');
  const numKvHeads = reader.count('attention.head_count_kv', numHeads);
  const headDim = reader.count('attention.key_length', hiddenSize / numHeads);
  if (reader.count('attention.value_length', headDim) !== headDim) reader.unsupported('keys longer than values');
  if (reader.count('rope.dimension_count', headDim) !== headDim) reader.unsupported('partial rotary embedding');
  checkHeads(reader, { numHeads, numKvHeads, headDim });
  const contextLength = reader.count('context_length');
  const window = reader.has('attention.sliding_window') ? reader.real('attention.sliding_window') : 0;
  const embedding = file.tensors.get('token_embd.weight');
  return {
    architecture,
    numLayers: reader.count('block_count'),
    hiddenSize,
    intermediateSize: reader.count('feed_forward_length'),
    numHeads,
    numKvHeads,
    headDim,
    vocabSize: embedding?.shape[0] ?? reader.count('vocab_size'),
    // Attention over all tokens equals attention over a window as long as no more tokens than the window are there.
    contextLength: window > 0 ? Math.min(contextLength, window) : contextLength,
    rmsNormEps: reader.real('attention.layer_norm_rms_epsilon'),
    rope: ropeConfig(reader, checkedFactors(reader, ropeFactors, headDim), contextLength),
    tiedHead: !file.tensors.has('output.weight'),
    qkvBias: architecture === 'qwen2' || file.tensors.has('blk.0.attn_q.bias'),
    qkNorm: architecture === 'qwen3',
  };
}

function refuseFeatures(reader: ConfigReader): void {
  reader.refuse({
    expert_count: { feature: 'a mixture of experts', neutral: [0] },
    attn_logit_softcapping: { feature: 'soft caps on attention', neutral: [0] },
    final_logit_softcapping: { feature: 'soft caps on logits', neutral: [0] },
    embedding_scale: { feature: 'scaled embeddings', neutral: [0, 1] },
    residual_scale: { feature: 'scaled residuals', neutral: [0, 1] },
    logit_scale: { feature: 'scaled logits', neutral: [0, 1] },
    'attention.scale': { feature: 'an attention scale of its own', neutral: [0] },
    'attention.clamp_kqv': { feature: 'clamped queries, keys and values', neutral: [0] },
    'attention.causal': { feature: 'attention to later tokens', neutral: [true] },
    use_parallel_residual: { feature: 'parallel residuals', neutral: [false] },
    'rope.dimension_sections': { feature: 'rotary embedding in sections', neutral: [] },
    'rope.scaling.yarn_log_multiplier': { feature: "YaRN's logarithmic multiplier", neutral: [0] },
    'rope.scaling.yarn_ext_factor': { feature: "YaRN's extrapolation factor", neutral: [-1, 1] },
  });
}

function ropeConfig(reader: ConfigReader, ropeFactors: number[] | null, contextLength: number): RopeConfig {
  const theta = reader.real('rope.freq_base', 10000);
  const scaling = ropeScaling(reader, contextLength);
  if (!ropeFactors) return { theta, scaling };
  if (scaling.type !== 'none') reader.unsupported(`${scaling.type} rotary scaling together with rope_freqs.weight`);
  return { theta, scaling: { type: 'factors', factors: ropeFactors } };
}

/** One factor for each frequency, else the angles would be no numbers. */
function checkedFactors(reader: ConfigReader, factors: number[] | null, headDim: number): number[] | null {
  if (!factors || (factors.length === headDim / 2 && factors.every((factor) => factor > 0))) return factors;
  throw new EngineError(
    'MODEL_HEADER_INVALID',
    `${reader.path} is damaged: its rope_freqs.weight is not a list of ${headDim / 2} numbers above 0. Download it again.`,
  );
}

function ropeScaling(reader: ConfigReader, contextLength: number): RopeScaling {
  const legacyFactor = reader.real('rope.scale_linear', 1);
  const factor = reader.real('rope.scaling.factor', legacyFactor);
  const type = reader.text('rope.scaling.type') ?? (factor === 1 ? 'none' : 'linear');
  if (type === 'none' || (type === 'linear' && (factor === 1 || factor === 0))) return { type: 'none' };
  if (type === 'linear') return { type: 'linear', factor };
  if (type !== 'yarn') return reader.unsupported(`rotary scaling of type ${type}`);
  const attentionFactor = reader.real('rope.scaling.attn_factor', 1) * reader.real('rope.scaling.yarn_attn_factor', 1);
  return {
    type: 'yarn',
    factor,
    originalContextLength: reader.count('rope.scaling.original_context_length', contextLength),
    betaFast: reader.real('rope.scaling.yarn_beta_fast', 32),
    betaSlow: reader.real('rope.scaling.yarn_beta_slow', 1),
    // llama.cpp multiplies what the file says by YaRN's own attention scale.
    attentionFactor: attentionFactor * (factor > 1 ? 1 + 0.1 * Math.log(factor) : 1),
  };
}

/** @param bytes the tensor rope_freqs.weight, float32 [headDim / 2] */
export function parseRopeFactors(bytes: Uint8Array): number[] {
  const factors = new Float32Array(bytes.length / 4);
  dequantize('F32', bytes, factors);
  return Array.from(factors);
}
