import type { GgufEntry } from './model-file-writers.js';

const MERGES = [
  ...['Ġ t', 'h e', 'i n', 'r e', 'a n', 'Ġ a', 'o n', 'Ġt he', 'e r', 'a t', 'e n', 'o u', 'Ġ s', 'Ġ w', 'o r', 'e s'],
  ...['i t', 'i s', 'Ġ o', 'Ġ c', 'l l', 'e d', 'Ġ b', 'Ġ m', 'Ġ f', 'in g', 'Ġ p', 'Ġo f', 'Ġa n'],
];
const SPECIALS = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];

/** GPT-2's printable character for each byte. [256] */
const BYTES = (() => {
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
})();

/** Specials first (0 end of text, 1 turn start, 2 turn end), then the bytes in order, then the merges. */
const TOKENS = [...SPECIALS, ...BYTES, ...MERGES.map((merge) => merge.replace(' ', ''))];

/** A multiple of 32, so that a transposed table has whole blocks too. */
export const TINY_VOCAB_SIZE = TOKENS.length;

const TINY_CHAT_TEMPLATE =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** The tokenizer's part of a GGUF header. */
export function tinyGgufTokenizer(): [string, GgufEntry][] {
  return [
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: 'gpt-2' }],
    ['tokenizer.ggml.tokens', { type: 'strings', value: TOKENS }],
    ['tokenizer.ggml.token_type', { type: 'i32s', value: TOKENS.map((_, id) => (id < SPECIALS.length ? 3 : 1)) }],
    ['tokenizer.ggml.merges', { type: 'strings', value: MERGES }],
    ['tokenizer.ggml.bos_token_id', { type: 'u32', value: 1 }],
    ['tokenizer.ggml.eos_token_id', { type: 'u32', value: 2 }],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
    ['tokenizer.chat_template', { type: 'string', value: TINY_CHAT_TEMPLATE }],
  ];
}

/** The same tokenizer as Hugging Face's files, by name. */
export function tinyTokenizerFiles(): Record<string, object> {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return {
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: SPECIALS.map((content, id) => ({ id, content, ...flags })),
      normalizer: null,
      pre_tokenizer: byteLevel,
      post_processor: null,
      decoder: byteLevel,
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: '',
        end_of_word_suffix: '',
        fuse_unk: false,
        byte_fallback: false,
        vocab: Object.fromEntries(TOKENS.map((token, id) => [token, id])),
        merges: MERGES,
      },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'GPT2Tokenizer',
      bos_token: SPECIALS[1],
      eos_token: SPECIALS[2],
      add_bos_token: false,
      chat_template: TINY_CHAT_TEMPLATE,
    },
    'generation_config.json': { bos_token_id: 1, eos_token_id: 2 },
  };
}
