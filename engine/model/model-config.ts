/** How the angles of rotary position embedding are stretched for contexts longer than the model was trained on. */
export type RopeScaling =
  | { type: 'none' }
  /** Positions divided by `factor`. */
  | { type: 'linear'; factor: number }
  /** Llama 3.1: low frequencies divided by `factor`, a smooth ramp between the two bounds. */
  | {
      type: 'llama3';
      factor: number;
      lowFreqFactor: number;
      highFreqFactor: number;
      originalContextLength: number;
    }
  /** YaRN (Peng et al. 2023), with its attention scale. */
  | {
      type: 'yarn';
      factor: number;
      originalContextLength: number;
      betaFast: number;
      betaSlow: number;
      attentionFactor: number;
    }
  /** Each frequency divided by its own factor (GGUF's `rope_freqs.weight`). [headDim / 2] */
  | { type: 'factors'; factors: number[] };

export interface RopeConfig {
  theta: number;
  scaling: RopeScaling;
}

export const ARCHITECTURES = ['llama', 'qwen2', 'qwen3'] as const;
/** `llama` covers Llama 2 and 3, Vicuna, SmolLM2 and Mistral without its window. */
export type Architecture = (typeof ARCHITECTURES)[number];

/** What the graphs need to know of a model; all lengths in elements. */
export interface ModelConfig {
  architecture: Architecture;
  numLayers: number;
  hiddenSize: number;
  intermediateSize: number;
  numHeads: number;
  numKvHeads: number;
  headDim: number;
  vocabSize: number;
  /** Tokens. */
  contextLength: number;
  rmsNormEps: number;
  rope: RopeConfig;
  /** The output head is the embedding table. */
  tiedHead: boolean;
  /** q, k and v projections have biases (qwen2). */
  qkvBias: boolean;
  /** RMS norm over each head of q and k before rotation (qwen3). */
  qkNorm: boolean;
}
