"""Writes a transformers model as GGUF, the way llama.cpp's converter lays it out."""

from pathlib import Path

import gguf
import numpy
import torch
import transformers
from tokenizer_files import CHAT_TEMPLATE, MERGES, make_tokenizer

ARCHITECTURES = {name: architecture for architecture, name in gguf.MODEL_ARCH_NAMES.items()}
FLOAT_TYPES = {torch.float32: gguf.LlamaFileType.ALL_F32, torch.float16: gguf.LlamaFileType.MOSTLY_F16}


def pair_rows(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """[heads·headDim, columns]: rows (i, i + headDim/2) of each head become neighbours, as llama rotates them."""
    return weight.reshape(heads, 2, -1, weight.shape[-1]).transpose(1, 2).reshape(weight.shape)


def rotary_divisors(model: transformers.PreTrainedModel) -> numpy.ndarray:
    """→ [headDim / 2], by how much each frequency is lowered."""
    scaled = model.model.rotary_emb.inv_freq.double()
    theta = model.config.rope_parameters['rope_theta']
    plain = 1.0 / theta ** (torch.arange(len(scaled)).double() / len(scaled))
    return (plain / scaled).float().numpy()


def add_metadata(writer: gguf.GGUFWriter, config: transformers.PreTrainedConfig, head_dim: int) -> None:
    writer.add_name(f'Random {config.model_type}')
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    rope = config.rope_parameters
    writer.add_rope_freq_base(rope['rope_theta'])
    if config.model_type == 'llama':
        writer.add_rope_dimension_count(head_dim)
    if head_dim * config.num_attention_heads != config.hidden_size:
        writer.add_key_length(head_dim)
        writer.add_value_length(head_dim)
    if rope['rope_type'] == 'yarn':
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(rope['factor'])
        writer.add_rope_scaling_orig_ctx_len(rope['original_max_position_embeddings'])


def add_tokenizer(writer: gguf.GGUFWriter, config: transformers.PreTrainedConfig) -> None:
    tokenizer = make_tokenizer()
    special = tokenizer.get_added_tokens_decoder()
    ids = range(tokenizer.get_vocab_size())
    writer.add_tokenizer_model('gpt2')
    writer.add_tokenizer_pre('gpt-2')
    writer.add_token_list([tokenizer.id_to_token(token) for token in ids])
    writer.add_token_types([gguf.TokenType.CONTROL if token in special else gguf.TokenType.NORMAL for token in ids])
    writer.add_token_merges([' '.join(pair) for pair in MERGES])
    writer.add_bos_token_id(config.bos_token_id)
    writer.add_eos_token_id(config.eos_token_id)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def add_tensors(writer: gguf.GGUFWriter, model: transformers.PreTrainedModel, dtype: torch.dtype) -> None:
    config = model.config
    names = gguf.get_tensor_name_map(ARCHITECTURES[config.model_type], config.num_hidden_layers)
    if config.rope_parameters['rope_type'] == 'llama3':
        writer.add_tensor('rope_freqs.weight', rotary_divisors(model))
    for name, weight in model.named_parameters():
        weight = weight.detach()
        if config.model_type == 'llama' and name.endswith('q_proj.weight'):
            weight = pair_rows(weight, config.num_attention_heads)
        if config.model_type == 'llama' and name.endswith('k_proj.weight'):
            weight = pair_rows(weight, config.num_key_value_heads)
        stored = weight.to(dtype) if weight.ndim == 2 else weight
        writer.add_tensor(names.get_name(name, try_suffixes=('.weight', '.bias')), stored.contiguous().numpy())


def write_gguf(path: Path, model: transformers.PreTrainedModel, dtype: torch.dtype) -> None:
    """`dtype` float32 or float16, of the matrices; vectors stay float32. No tied head is written."""
    config = model.config
    head_dim = model.model.layers[0].self_attn.head_dim
    writer = gguf.GGUFWriter(path, config.model_type)
    writer.add_file_type(FLOAT_TYPES[dtype])
    add_metadata(writer, config, head_dim)
    add_tokenizer(writer, config)
    add_tensors(writer, model, dtype)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
