import { EngineError } from '../errors.js';

/** How text is cut into words before byte pair encoding. */
export interface PreTokenization {
  /** Regular expressions in Oniguruma's syntax, applied one after the other; each match and each gap is a word. */
  patterns: readonly string[];
  /** A word that is a token as a whole needs no merges. */
  ignoreMerges: boolean;
  /** The text is brought to Unicode normalization form C first. */
  normalizeNfc: boolean;
  /** A prompt begins with the bos token where the file does not say. */
  addBosToken: boolean;
}

const GPT2 = `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+`;
const CONTRACTIONS = `(?i:'s|'t|'re|'ve|'m|'ll|'d)`;
const WORDS = '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+';
const SPACES = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const QWEN2 = `${CONTRACTIONS}|${WORDS}|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${SPACES}`;
const LLAMA3 = `${CONTRACTIONS}|${WORDS}|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${SPACES}`;
const CAPITALS = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const SMALLS = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const TEKKEN =
  `[^\\r\\n\\p{L}\\p{N}]?${CAPITALS}*${SMALLS}+|[^\\r\\n\\p{L}\\p{N}]?${CAPITALS}+${SMALLS}*|` +
  `\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${SPACES}`;

export const GPT2_PATTERN = GPT2;
export const DIGIT_PATTERN = '\\p{N}';

/** Patterns in which no word goes on after a letter that neither a letter nor a mark follows. */
export const PATTERNS_THAT_END_WORDS_AFTER_LETTERS: ReadonlySet<string> = new Set([
  GPT2,
  DIGIT_PATTERN,
  QWEN2,
  LLAMA3,
  TEKKEN,
]);

const none = { ignoreMerges: false, normalizeNfc: false, addBosToken: false };
const gpt2: PreTokenization = { ...none, patterns: [GPT2] };
const digitsApart: PreTokenization = { ...none, patterns: [DIGIT_PATTERN, GPT2] };
const llama3: PreTokenization = { ...none, patterns: [LLAMA3] };
const llama3WholeWords: PreTokenization = { ...llama3, ignoreMerges: true, addBosToken: true };
const qwen2: PreTokenization = { ...none, patterns: [QWEN2] };
const byDefault: PreTokenization = {
  ...none,
  patterns: ['[\\p{P}\\$\\+<=>\\^~\\|]+', GPT2, '\\p{N}+', '[0-9][0-9][0-9]'],
};

const BY_NAME: ReadonlyMap<string, PreTokenization> = new Map([
  ['default', byDefault],
  ...['gpt-2', 'phi-2', 'mpt', 'olmo', 'jais', 'trillion', 'exaone4', 'a.x-4.0', 'mellum', 'gigachat'].map(
    (name) => [name, gpt2] as const,
  ),
  ...['smollm', 'starcoder', 'refact', 'command-r', 'codeshell', 'exaone', 'minerva-7b'].map(
    (name) => [name, digitsApart] as const,
  ),
  ...['llama-bpe', 'llama3', 'llama-v3', 'falcon3', 'falcon-h1', 'pixtral', 'midm-2.0', 'lfm2'].map(
    (name) => [name, llama3WholeWords] as const,
  ),
  ...['dbrx', 'smaug-bpe', 'glm4', 'chatglm-bpe'].map((name) => [name, llama3] as const),
  ['qwen2', { ...qwen2, normalizeNfc: true }],
  ...['deepseek-r1-qwen', 'kormo', 'megrez', 'stablelm2', 'hunyuan', 'grok-2'].map((name) => [name, qwen2] as const),
  ['tekken', { ...none, patterns: [TEKKEN], ignoreMerges: true, addBosToken: true }],
]);

/**
 * The pre-tokenization that GGUF's `tokenizer.ggml.pre` names; null stands for a file without that key.
 *
 * @throws MODEL_TOKENIZER_UNSUPPORTED if we do not know the name
 * Source: llama.cpp, src/llama-vocab.cpp (names, and the original expressions in its comments); NFC of qwen2 as in the
 *   tokenizer.json of Qwen 2 and 3.
 */
export function preTokenizationNamed(name: string | null): PreTokenization {
  const found = BY_NAME.get(name ?? 'default');
  if (found) return found;
  throw new EngineError(
    'MODEL_TOKENIZER_UNSUPPORTED',
    `The model's tokenizer splits words as "${name}", which this version does not know. ` +
      `Use a model whose tokenizer.ggml.pre is one of: ${[...BY_NAME.keys()].join(', ')}.`,
    { pre: String(name) },
  );
}
