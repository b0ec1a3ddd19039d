/** Names of a source file's tensors. Those of a layer stand between its prefix and `.weight` or `.bias`. */
export interface TensorNames {
  embedding: string;
  head: string;
  finalNorm: string;
  /** Before the layer's number. */
  layerPrefix: string;
  layer: Record<LayerTensor, string>;
  /** Tensors that carry nothing the graphs need. */
  ignored: RegExp;
}

export type LayerTensor = 'attnNorm' | 'q' | 'k' | 'v' | 'o' | 'qNorm' | 'kNorm' | 'mlpNorm' | 'gate' | 'up' | 'down';

export const GGUF_NAMES: TensorNames = {
  embedding: 'token_embd.weight',
  head: 'output.weight',
  finalNorm: 'output_norm.weight',
  layerPrefix: 'blk.',
  layer: {
    attnNorm: 'attn_norm',
    q: 'attn_q',
    k: 'attn_k',
    v: 'attn_v',
    o: 'attn_output',
    qNorm: 'attn_q_norm',
    kNorm: 'attn_k_norm',
    mlpNorm: 'ffn_norm',
    gate: 'ffn_gate',
    up: 'ffn_up',
    down: 'ffn_down',
  },
  // rope_freqs is read with the configuration; rot_embd is a table of old converters.
  ignored: /^rope_freqs\.weight$|\.attn_rot_embd(\.weight)?$/,
};

export const HF_NAMES: TensorNames = {
  embedding: 'model.embed_tokens.weight',
  head: 'lm_head.weight',
  finalNorm: 'model.norm.weight',
  layerPrefix: 'model.layers.',
  layer: {
    attnNorm: 'input_layernorm',
    q: 'self_attn.q_proj',
    k: 'self_attn.k_proj',
    v: 'self_attn.v_proj',
    o: 'self_attn.o_proj',
    qNorm: 'self_attn.q_norm',
    kNorm: 'self_attn.k_norm',
    mlpNorm: 'post_attention_layernorm',
    gate: 'mlp.gate_proj',
    up: 'mlp.up_proj',
    down: 'mlp.down_proj',
  },
  ignored: /\.rotary_emb\.inv_freq$/,
};
