import { EngineError } from '../errors.js';
import type { GgufMetadata, GgufValue } from '../model/gguf.js';
import { endTokenIds, looksLikeControl } from './end-tokens.js';
import { preTokenizationNamed } from './pre-tokenizers.js';
import { mergesFromScores } from './sentencepiece-merges.js';
import type { TokenizerFiles } from './tokenizer-files.js';

/** GGUF's `tokenizer.ggml.token_type`. */
const TokenType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

interface Vocabulary {
  tokens: readonly string[];
  /** By id. [tokens] */
  types: ArrayLike<number>;
}

interface ModelPart {
  kind: string;
  normalizer: object | null;
  preTokenizer: object | null;
  decoder: object;
  model: object;
  addBosToken: boolean;
}

/**
 * What a GGUF header says of its tokenizer, in the form of Hugging Face's files. `tokenizer.ggml.model` may be `gpt2`
 * (byte-level BPE) or `llama` (SentencePiece BPE).
 *
 * @throws MODEL_TOKENIZER_UNSUPPORTED, MODEL_HEADER_INVALID
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; llama.cpp, src/llama-vocab.cpp;
 *   transformers, integrations/ggml.py
 */
export function tokenizerFilesFromGguf(metadata: GgufMetadata): TokenizerFiles {
  const vocabulary = readVocabulary(metadata);
  const { tokens, types } = vocabulary;
  const part = modelPart(metadata, vocabulary);
  const tokenAt = (key: string) => {
    const id = metadata.get(key);
    return typeof id === 'number' && id < tokens.length ? tokens[id] : null;
  };
  const bosToken = tokenAt('tokenizer.ggml.bos_token_id');
  const eosToken = tokenAt('tokenizer.ggml.eos_token_id');
  const addedTokens = addedTokensOf(vocabulary);
  const controls = addedTokens.filter(({ id }) => types[id] === TokenType.control);
  const named = ['eos', 'eot', 'eom'].map((name) => metadata.get(`tokenizer.ggml.${name}_token_id`));
  const addBos = metadata.get('tokenizer.ggml.add_bos_token');
  const template = metadata.get('tokenizer.chat_template');
  return {
    tokenizerJson: {
      version: '1.0',
      added_tokens: addedTokens,
      normalizer: part.normalizer,
      pre_tokenizer: part.preTokenizer,
      post_processor: null,
      decoder: part.decoder,
      model: part.model,
    },
    tokenizerConfig: { bos_token: bosToken, eos_token: eosToken },
    bosToken,
    eosToken,
    endTokenIds: endTokenIds(
      named.filter((id): id is number => typeof id === 'number' && id < tokens.length),
      controls.map(({ content, id }) => [content, id] as const),
    ),
    addBosToken: typeof addBos === 'boolean' ? addBos : part.addBosToken,
    chatTemplate: typeof template === 'string' && template.trim() !== '' ? template : null,
    kind: part.kind,
  };
}

function readVocabulary(metadata: GgufMetadata): Vocabulary {
  const tokens = stringList(metadata, 'tokenizer.ggml.tokens');
  if (tokens.length === 0) {
    throw new EngineError(
      'MODEL_TOKENIZER_UNSUPPORTED',
      'The model file has no tokens (tokenizer.ggml.tokens). Use a complete GGUF file of the model.',
    );
  }
  const types = numberList(metadata, 'tokenizer.ggml.token_type', tokens.length);
  return {
    tokens,
    types: correctedTypes(metadata, tokens, types ?? new Uint8Array(tokens.length).fill(TokenType.normal)),
  };
}

/**
 * Files in the wild call control tokens added later user-defined, or name no types at all: what a user types would end
 * a turn then, and templates could not.
 *
 * Source: llama.cpp, convert_hf_to_gguf.py, does_token_look_special; src/llama-vocab.cpp, special_eog_ids
 */
function correctedTypes(
  metadata: GgufMetadata,
  tokens: readonly string[],
  types: ArrayLike<number>,
): ArrayLike<number> {
  const named = new Set(['bos', 'eos', 'eot', 'eom'].map((name) => metadata.get(`tokenizer.ggml.${name}_token_id`)));
  return Uint8Array.from(tokens, (token, id) => {
    const mistaken = types[id] === TokenType.normal || types[id] === TokenType.userDefined;
    return mistaken && (named.has(id) || looksLikeControl(token)) ? TokenType.control : types[id];
  });
}

function modelPart(metadata: GgufMetadata, vocabulary: Vocabulary): ModelPart {
  const model = metadata.get('tokenizer.ggml.model');
  if (model === 'gpt2') return byteLevelPart(metadata, vocabulary);
  if (model === 'llama') return sentencePiecePart(metadata, vocabulary);
  throw new EngineError(
    'MODEL_TOKENIZER_UNSUPPORTED',
    `The model's tokenizer is of the kind "${String(model ?? 'none')}"; "gpt2" (BPE) and "llama" (SentencePiece) can ` +
      'be used. Choose another model.',
    { tokenizer: String(model ?? '') },
  );
}

function byteLevelPart(metadata: GgufMetadata, vocabulary: Vocabulary): ModelPart {
  const pre = metadata.get('tokenizer.ggml.pre');
  const name = typeof pre === 'string' && pre !== '' ? pre : null;
  const preTokenization = preTokenizationNamed(name);
  const merges = stringList(metadata, 'tokenizer.ggml.merges');
  if (merges.length === 0) {
    throw new EngineError(
      'MODEL_TOKENIZER_UNSUPPORTED',
      'The model file has no merges (tokenizer.ggml.merges). Convert the model again with a current llama.cpp.',
    );
  }
  return {
    kind: `BPE (${name ?? 'default'})`,
    normalizer: preTokenization.normalizeNfc ? { type: 'NFC' } : null,
    preTokenizer: {
      type: 'Sequence',
      pretokenizers: [
        ...preTokenization.patterns.map((Regex) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated' })),
        { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
      ],
    },
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      ignore_merges: preTokenization.ignoreMerges,
      vocab: vocabOf(vocabulary),
      merges,
    },
    addBosToken: preTokenization.addBosToken,
  };
}

function sentencePiecePart(metadata: GgufMetadata, vocabulary: Vocabulary): ModelPart {
  const { tokens, types } = vocabulary;
  const scores = numberList(metadata, 'tokenizer.ggml.scores', tokens.length);
  if (!scores) {
    throw new EngineError(
      'MODEL_TOKENIZER_UNSUPPORTED',
      'The model file has no token scores (tokenizer.ggml.scores). Convert the model again with a current llama.cpp.',
    );
  }
  const mergeable = new Map<string, number>();
  tokens.forEach((token, id) => {
    if (types[id] === TokenType.normal) mergeable.set(token, scores[id]);
  });
  const prefixSpace = metadata.get('tokenizer.ggml.add_space_prefix') !== false;
  const separate = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  const join = { type: 'Replace', pattern: { String: '▁' }, content: ' ' };
  const unknown = metadata.get('tokenizer.ggml.unknown_token_id');
  return {
    kind: 'SentencePiece',
    normalizer: prefixSpace
      ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, separate] }
      : { type: 'Sequence', normalizers: [separate] },
    preTokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        join,
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(prefixSpace ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      type: 'BPE',
      unk_token: typeof unknown === 'number' ? (tokens[unknown] ?? null) : null,
      fuse_unk: true,
      byte_fallback: true,
      vocab: vocabOf(vocabulary),
      merges: mergesFromScores(mergeable),
    },
    addBosToken: true,
  };
}

/** Control tokens are left out: they are added tokens only, so that no text is merged into one. */
function vocabOf({ tokens, types }: Vocabulary): Record<string, number> {
  // Without a prototype, so that a token "__proto__" is a key like any other.
  const vocab: Record<string, number> = Object.create(null);
  tokens.forEach((token, id) => {
    if (types[id] !== TokenType.control) vocab[token] = id;
  });
  return vocab;
}

function addedTokensOf({ tokens, types }: Vocabulary) {
  const added: { id: number; content: string; special: boolean; normalized: boolean }[] = [];
  tokens.forEach((content, id) => {
    const type = types[id];
    const special = type === TokenType.control || type === TokenType.unknown;
    if (content && (special || type === TokenType.userDefined)) added.push({ id, content, special, normalized: false });
  });
  return added;
}

function stringList(metadata: GgufMetadata, key: string): readonly string[] {
  const value = metadata.get(key);
  if (value === undefined) return [];
  if (isStringList(value)) return value;
  throw new EngineError('MODEL_HEADER_INVALID', `The model file is damaged: ${key} is not a list of strings.`);
}

function isStringList(value: GgufValue): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function numberList(metadata: GgufMetadata, key: string, length: number): ArrayLike<number> | null {
  const value = metadata.get(key);
  if (value === undefined) return null;
  const isNumbers =
    ArrayBuffer.isView(value) && !(value instanceof BigUint64Array) && !(value instanceof BigInt64Array);
  if (isNumbers && value.length === length) return value;
  throw new EngineError(
    'MODEL_HEADER_INVALID',
    `The model file is damaged: ${key} is not a list of ${length} numbers, one for each token.`,
  );
}
