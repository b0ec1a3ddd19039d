import { z } from 'zod';
import { EngineError } from '../errors.js';

const pattern = z.union([z.object({ Regex: z.string() }), z.object({ String: z.string() })]);
const prependScheme = z.enum(['always', 'first', 'never']);

const normalizer = z.looseObject({ type: z.string() });

const simplePreTokenizer = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ByteLevel'),
    add_prefix_space: z.boolean().default(true),
    use_regex: z.boolean().default(true),
  }),
  z.object({ type: z.literal('Digits'), individual_digits: z.boolean().default(false) }),
  z.object({
    type: z.literal('Split'),
    pattern,
    behavior: z.enum(['Isolated', 'Removed']),
    invert: z.boolean().default(false),
  }),
  z.object({
    type: z.literal('Metaspace'),
    replacement: z.literal('▁').default('▁'),
    prepend_scheme: prependScheme.optional(),
    add_prefix_space: z.boolean().default(true),
    split: z.boolean().default(true),
  }),
]);

const simpleDecoder = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ByteLevel') }),
  z.object({ type: z.literal('Replace'), pattern: z.object({ String: z.literal('▁') }), content: z.literal(' ') }),
  z.object({ type: z.literal('ByteFallback') }),
  z.object({ type: z.literal('Fuse') }),
  z.object({
    type: z.literal('Strip'),
    content: z.literal(' '),
    start: z.number().int().min(0).max(1),
    stop: z.literal(0),
  }),
  z.object({
    type: z.literal('Metaspace'),
    replacement: z.literal('▁').default('▁'),
    prepend_scheme: prependScheme.optional(),
    add_prefix_space: z.boolean().default(true),
  }),
]);

/** Checked by hand: zod takes as long over 150,000 entries as everything else together. */
const vocabulary = z.custom<Record<string, number>>((value) => typeof value === 'object' && value !== null);
const merges = z.custom<string[] | [string, string][]>((value) => Array.isArray(value));

const schema = z.object({
  added_tokens: z
    .array(
      z.object({
        id: z.number().int().nonnegative(),
        content: z.string().min(1),
        special: z.boolean().default(false),
        lstrip: z.boolean().default(false),
        rstrip: z.boolean().default(false),
      }),
    )
    .default([]),
  normalizer: normalizer.nullish(),
  pre_tokenizer: z
    .union([
      simplePreTokenizer.transform((only) => [only]),
      z
        .object({ type: z.literal('Sequence'), pretokenizers: z.array(simplePreTokenizer) })
        .transform(({ pretokenizers }) => pretokenizers),
    ])
    .nullish(),
  decoder: z.union([
    simpleDecoder.transform((only) => [only]),
    z.object({ type: z.literal('Sequence'), decoders: z.array(simpleDecoder) }).transform(({ decoders }) => decoders),
  ]),
  model: z.object({
    type: z.literal('BPE').default('BPE'),
    vocab: vocabulary,
    merges,
    unk_token: z.string().nullish(),
    fuse_unk: z.boolean().default(false),
    byte_fallback: z.boolean().default(false),
    ignore_merges: z.boolean().default(false),
    continuing_subword_prefix: z.literal('').nullish(),
    end_of_word_suffix: z.literal('').nullish(),
  }),
});

/** The parts of a tokenizer.json that we read; sequences are flat lists. */
export type TokenizerJson = z.output<typeof schema>;
export type AddedToken = TokenizerJson['added_tokens'][number];
export type PreTokenizerStep = NonNullable<TokenizerJson['pre_tokenizer']>[number];
export type DecoderStep = TokenizerJson['decoder'][number];

/** @throws MODEL_TOKENIZER_UNSUPPORTED naming the first part of the file that we cannot follow */
export function parseTokenizerJson(source: unknown): TokenizerJson {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue.path.join('.') || 'its top level';
  throw new EngineError(
    'MODEL_TOKENIZER_UNSUPPORTED',
    `The model's tokenizer.json cannot be used: ${place}: ${issue.message}${typeNamed(source, issue.path)}. ` +
      'Byte pair encoding with byte-level or SentencePiece words is supported; choose a model that uses it.',
    { part: place },
  );
}

function typeNamed(source: unknown, path: readonly PropertyKey[]): string {
  let value = source;
  for (const key of path) value = isRecord(value) ? value[String(key)] : undefined;
  const type = isRecord(value) ? value.type : value;
  return typeof type === 'string' ? ` (it says "${type}")` : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
