"""Makes the fixtures of this folder: tiny random models, and the logits that transformers computes for them.

    python make.py [CASE ...]

Seeded; README.md names the versions. Every expectation is computed by a model loaded back from the files as written,
and each case is refused unless its rotary scaling, biases, norms and context visibly move the logits: a fixture that
does not depend on them could not catch a mistake in them.
"""

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy
import torch
import transformers
from gguf_file import write_gguf
from tokenizer_files import END_OF_TEXT, END_OF_TURN, VOCAB_SIZE, make_tokenizer, write_tokenizer

HERE = Path(__file__).parent
PROMPT = 'In the winter there is nothing better than the fire – the other thing is the sun.'
CONTINUATION = ' Rain'
SMALLEST_EFFECT = 0.02
SMALLEST_LOGIT_STD = 1.0
GGUF_AGREEMENT = 1e-4


@dataclass
class Case:
    name: str
    model_type: str
    seed: int
    settings: dict
    dtype: torch.dtype = torch.float32
    max_shard_size: str = '5GB'
    gguf: bool = False
    legacy: bool = False
    """Write the configuration as transformers 4 did, which is the form of most published models."""
    rope: dict = field(default_factory=lambda: {'rope_type': 'default', 'rope_theta': 10000.0})


SHAPE = dict(
    hidden_size=64,
    intermediate_size=96,
    num_hidden_layers=2,
    max_position_embeddings=128,
    rms_norm_eps=1e-2,
    vocab_size=VOCAB_SIZE,
)
FOUR_HEADS = dict(num_attention_heads=4, num_key_value_heads=2)

CASES = [
    Case('llama', 'llama', 1, {**FOUR_HEADS, 'tie_word_embeddings': True}, gguf=True),
    Case(
        'llama3-rope',
        'llama',
        2,
        dict(num_attention_heads=2, num_key_value_heads=1, tie_word_embeddings=False),
        dtype=torch.float16,
        gguf=True,
        legacy=True,
        rope={
            'rope_type': 'llama3',
            'rope_theta': 5000.0,
            'factor': 4.0,
            'low_freq_factor': 1.0,
            'high_freq_factor': 4.0,
            'original_max_position_embeddings': 32,
        },
    ),
    Case(
        'llama-linear-rope',
        'llama',
        3,
        dict(num_attention_heads=4, num_key_value_heads=4, tie_word_embeddings=True),
        dtype=torch.float16,
        legacy=True,
        rope={'rope_type': 'linear', 'rope_theta': 10000.0, 'factor': 4.0},
    ),
    Case(
        'mistral',
        'mistral',
        4,
        {**FOUR_HEADS, 'sliding_window': None, 'tie_word_embeddings': False},
        dtype=torch.bfloat16,
        max_shard_size='130KB',
        legacy=True,
    ),
    Case(
        'qwen2',
        'qwen2',
        5,
        dict(num_attention_heads=2, num_key_value_heads=1, tie_word_embeddings=True, use_sliding_window=False),
        gguf=True,
        rope={
            'rope_type': 'yarn',
            'rope_theta': 1000.0,
            'factor': 4.0,
            'original_max_position_embeddings': 32,
        },
    ),
    Case(
        'qwen2-plain',
        'qwen2',
        6,
        {**FOUR_HEADS, 'tie_word_embeddings': False, 'use_sliding_window': False},
        dtype=torch.float16,
        legacy=True,
    ),
    Case(
        'qwen3',
        'qwen3',
        7,
        dict(num_attention_heads=3, num_key_value_heads=1, head_dim=32, tie_word_embeddings=True),
        gguf=True,
        rope={'rope_type': 'default', 'rope_theta': 1000000.0},
    ),
]


def random_weight(name: str, shape: torch.Size, random: numpy.random.Generator) -> torch.Tensor:
    normal = torch.tensor(random.standard_normal(tuple(shape)), dtype=torch.float32)
    if name.endswith('norm.weight'):
        return 1 + 0.3 * normal
    if name.endswith('bias'):
        return 0.7 * normal
    if 'embed_tokens' in name or 'lm_head' in name:
        return 0.35 * normal
    gain = 1.5 if 'self_attn' in name else 1.0
    return gain * normal / shape[-1] ** 0.5


def make_model(case: Case) -> transformers.PreTrainedModel:
    tokenizer = make_tokenizer()
    config = transformers.AutoConfig.for_model(
        case.model_type,
        **{**SHAPE, **case.settings},
        rope_parameters=case.rope,
        bos_token_id=tokenizer.token_to_id(END_OF_TEXT),
        eos_token_id=tokenizer.token_to_id(END_OF_TURN),
        pad_token_id=None,
    )
    model = transformers.AutoModelForCausalLM.from_config(config)
    random = numpy.random.default_rng(case.seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(random_weight(name, parameter.shape, random))
    return model.to(case.dtype)


def write_legacy_config(path: Path) -> None:
    config = json.loads(path.read_text())
    rope = config.pop('rope_parameters')
    config['rope_theta'] = rope.pop('rope_theta')
    kind = rope.pop('rope_type')
    kind_key = 'rope_type' if kind == 'llama3' else 'type'
    config['rope_scaling'] = None if kind == 'default' else {kind_key: kind, **rope}
    config['torch_dtype'] = config.pop('dtype')
    if config.get('head_dim') == config['hidden_size'] // config['num_attention_heads']:
        del config['head_dim']
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + '\n')


def load(folder: Path, **options) -> transformers.PreTrainedModel:
    return transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation='eager', **options
    ).eval()


@torch.no_grad()
def last_logits(model: transformers.PreTrainedModel, token_ids: list[int], rows: int) -> torch.Tensor:
    """→ [rows, vocabSize], after each of the last `rows` tokens."""
    return model(torch.tensor([token_ids])).logits[0, -rows:]


def check_sensitivity(case: Case, folder: Path, token_ids: list[int], logits: torch.Tensor) -> None:
    """Refuses a fixture on which leaving something out would pass unseen."""
    effects = {}

    def measure(what: str, model: transformers.PreTrainedModel, ids: list[int]) -> None:
        effects[what] = (last_logits(model, ids, len(logits)) - logits).abs().max().item()

    model = load(folder)
    measure('first token', model, [token_ids[0] + 1, *token_ids[1:]])
    for name, parameter in model.named_parameters():
        if not name.endswith(('norm.weight', 'bias')):
            continue
        kept = parameter.detach().clone()
        parameter.data.fill_(0 if name.endswith('bias') else 1)
        measure(name, model, token_ids)
        parameter.data.copy_(kept)
    changes = {'epsilon': {'rms_norm_eps': 1e-6}, 'theta': {'rope_parameters': {**case.rope, 'rope_theta': 9000.0}}}
    if case.rope['rope_type'] != 'default':
        plain = {'rope_type': 'default', 'rope_theta': case.rope['rope_theta']}
        changes['rotary scaling'] = {'rope_parameters': plain}
    for what, change in changes.items():
        config = transformers.AutoConfig.from_pretrained(folder)
        for key, value in change.items():
            setattr(config, key, value)
        measure(what, load(folder, config=config), token_ids)
    least = min(effects, key=effects.get)
    print(f'{case.name}: logit std {logits.std().item():.2f}, least effect {effects[least]:.3f} ({least})')
    assert effects[least] > SMALLEST_EFFECT, effects
    assert logits.std().item() > SMALLEST_LOGIT_STD


def check_gguf(path: Path, folder: Path, token_ids: list[int], logits: torch.Tensor) -> None:
    """transformers' own GGUF reader ignores rotary scaling, so it gets the folder's configuration."""
    config = transformers.AutoConfig.from_pretrained(folder)
    model = load(path.parent, gguf_file=path.name, config=config)
    difference = (last_logits(model, token_ids, len(logits)) - logits).abs().max().item()
    print(f'  GGUF: largest difference {difference:.2g}')
    assert difference < GGUF_AGREEMENT


def write_expected(path: Path, prompt_ids: list[int], continuation_ids: list[int], logits: torch.Tensor) -> None:
    header = {
        'prompt': PROMPT,
        'promptIds': prompt_ids,
        'continuation': CONTINUATION,
        'continuationIds': continuation_ids,
    }
    rows = ',\n'.join('[' + ','.join(f'{value:.6g}' for value in row) + ']' for row in logits.tolist())
    path.write_text(json.dumps(header, ensure_ascii=False)[:-1] + f', "logits": [\n{rows}\n]}}\n')


def make_case(case: Case) -> None:
    root = HERE / case.name
    shutil.rmtree(root, ignore_errors=True)
    folder = root / 'folder'
    model = make_model(case)
    model.save_pretrained(folder, max_shard_size=case.max_shard_size)
    write_tokenizer(folder, case.legacy)
    if case.legacy:
        write_legacy_config(folder / 'config.json')

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    prompt_ids, continuation_ids = (tokenizer.encode(text) for text in (PROMPT, CONTINUATION))
    token_ids = prompt_ids + continuation_ids
    logits = last_logits(load(folder), token_ids, 1 + len(continuation_ids))
    check_sensitivity(case, folder, token_ids, logits)
    write_expected(root / 'expected.json', prompt_ids, continuation_ids, logits)
    if case.gguf:
        path = root / 'model.gguf'
        write_gguf(path, load(folder), case.dtype)
        check_gguf(path, folder, token_ids, logits)


def main() -> None:
    transformers.utils.logging.disable_progress_bar()
    names = sys.argv[1:] or [case.name for case in CASES]
    for case in CASES:
        if case.name in names:
            make_case(case)


if __name__ == '__main__':
    main()
