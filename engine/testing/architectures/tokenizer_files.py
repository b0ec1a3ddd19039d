"""The tokenizer that all fixtures share: byte-level BPE with five merges and three special tokens."""

import json
from pathlib import Path

import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

END_OF_TEXT = '<|endoftext|>'
START_OF_TURN = '<|im_start|>'
END_OF_TURN = '<|im_end|>'
SPECIAL_TOKENS = [END_OF_TEXT, START_OF_TURN, END_OF_TURN]
MERGES = [('t', 'h'), ('th', 'e'), ('i', 'n'), ('Ġ', 'the'), ('e', 'r')]
VOCAB_SIZE = 256 + len(MERGES) + len(SPECIAL_TOKENS)
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def make_tokenizer() -> Tokenizer:
    pieces = sorted(pre_tokenizers.ByteLevel.alphabet()) + [left + right for left, right in MERGES]
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=MERGES))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL_TOKENS])
    assert tokenizer.get_vocab_size() == VOCAB_SIZE
    return tokenizer


def write_tokenizer(folder: Path, legacy: bool) -> None:
    """`legacy`: as transformers 4 wrote it, with the chat template inside tokenizer_config.json."""
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=make_tokenizer(), bos_token=END_OF_TEXT, eos_token=END_OF_TURN
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.save_pretrained(folder)
    if not legacy:
        return
    (folder / 'chat_template.jinja').unlink()
    path = folder / 'tokenizer_config.json'
    config = json.loads(path.read_text())
    config['tokenizer_class'] = 'PreTrainedTokenizerFast'
    config['chat_template'] = CHAT_TEMPLATE
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + '\n')
