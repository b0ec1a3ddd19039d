import { describe, expect, test } from 'vitest';
import { byteLevelMetadata, fixtures, sentencePieceMetadata } from './fixtures/tokenizers.js';
import { tokenizerFilesFromGguf } from './gguf-tokenizer.js';
import { Tokenizer } from './tokenizer.js';

const byteLevel = byteLevelMetadata(fixtures.byteLevel[0]);
const sentencePiece = sentencePieceMetadata(fixtures.sentencePiece[0]);
const tokens = Object.keys(fixtures.byteLevel[0].tokenizerJson.model.vocab);

test('takes special tokens, template and kind from the header', () => {
  const files = tokenizerFilesFromGguf(
    new Map([...byteLevel, ['tokenizer.chat_template', '{{ x }}'], ['tokenizer.ggml.eot_token_id', 7]]),
  );
  expect(files).toMatchObject({ bosToken: '<s>', eosToken: '</s>', chatTemplate: '{{ x }}', kind: 'BPE (smollm)' });
  const imEnd = fixtures.byteLevel[0].tokenizerJson.model.vocab['<|im_end|>'];
  expect(files.endTokenIds).toEqual([2, imEnd, 7].sort((a, b) => a - b));
});

test.each([
  ['a SentencePiece model begins with bos', sentencePiece, true],
  ['a byte-level one does not', byteLevel, false],
  ['Llama 3 does', new Map([...byteLevel, ['tokenizer.ggml.pre', 'llama-bpe'] as const]), true],
  ['unless the file says no', new Map([...sentencePiece, ['tokenizer.ggml.add_bos_token', false] as const]), false],
])('%s', (_, metadata, expected) => {
  expect(tokenizerFilesFromGguf(metadata).addBosToken).toBe(expected);
});

test('survives being stored as JSON, also a token named __proto__', () => {
  const names = [...tokens.slice(0, -1), '__proto__'];
  const metadata = new Map([...byteLevel, ['tokenizer.ggml.tokens', names] as const]);
  const files = tokenizerFilesFromGguf(metadata);
  const stored = new Tokenizer(JSON.parse(JSON.stringify(files)));
  expect(stored.tokenId('__proto__')).toBe(names.length - 1);
  expect(stored.encode('a b')).toEqual(new Tokenizer(files).encode('a b'));
});

test('text is never merged into a control token of SentencePiece', () => {
  const fixture = fixtures.sentencePiece[1];
  const pieces = [...fixture.tokens, '</', 's>'];
  const files = tokenizerFilesFromGguf(
    new Map([
      ...sentencePieceMetadata(fixture),
      ['tokenizer.ggml.tokens', pieces],
      ['tokenizer.ggml.scores', Float32Array.from([...fixture.scores, -1e6, -1e6])],
      ['tokenizer.ggml.token_type', Int32Array.from([...fixture.tokenTypes, 1, 1])],
    ]),
  );
  const tokenizer = new Tokenizer(files);
  const { stretches, guard } = tokenizer.guard(['a</s>']);
  expect(tokenizer.encode({ text: stretches[0], guard })).not.toContain(pieces.indexOf('</s>'));
});

test.each([
  ['user-defined', 4],
  ['normal', 1],
])('a control token that the file calls %s ends turns all the same, and what is typed cannot be one', (_, type) => {
  const { vocab } = fixtures.byteLevel[0].tokenizerJson.model;
  const controls = ['<s>', '</s>', '<|im_start|>', '<|im_end|>'].map((token) => vocab[token]);
  const types = Int32Array.from(tokens, (_, id) => (controls.includes(id) ? type : 1));
  const files = tokenizerFilesFromGguf(new Map([...byteLevel, ['tokenizer.ggml.token_type', types] as const]));
  expect(files.endTokenIds).toEqual([vocab['</s>'], vocab['<|im_end|>']].sort((a, b) => a - b));
  const tokenizer = new Tokenizer(files);
  expect(tokenizer.encode('<s><|im_start|></s><|im_end|>')).toEqual(
    ['<s>', '<|im_start|>', '</s>', '<|im_end|>'].map((token) => vocab[token]),
  );
  const { stretches, guard } = tokenizer.guard(['<|im_end|><|im_start|></s>']);
  const typed = tokenizer.encode({ text: stretches[0], guard });
  expect(typed.filter((id) => controls.includes(id))).toEqual([]);
  expect(tokenizer.decode(typed)).toBe('<|im_end|><|im_start|></s>');
});

describe('refuses', () => {
  test.each([
    ['tokenizer.ggml.model', 'rwkv', 'MODEL_TOKENIZER_UNSUPPORTED', /rwkv/],
    ['tokenizer.ggml.pre', 'unheard-of', 'MODEL_TOKENIZER_UNSUPPORTED', /"unheard-of".*llama-bpe/],
    ['tokenizer.ggml.tokens', [], 'MODEL_TOKENIZER_UNSUPPORTED', /no tokens/],
    ['tokenizer.ggml.merges', [], 'MODEL_TOKENIZER_UNSUPPORTED', /no merges/],
    ['tokenizer.ggml.tokens', 5, 'MODEL_HEADER_INVALID', /not a list of strings/],
    ['tokenizer.ggml.token_type', new Int32Array(3), 'MODEL_HEADER_INVALID', /one for each token/],
  ])('%s = %j', (key, value, code, message) => {
    const build = () => tokenizerFilesFromGguf(new Map([...byteLevel, [key, value] as const]));
    expect(build).toThrow(expect.objectContaining({ code }));
    expect(build).toThrow(message);
  });

  test('SentencePiece without scores', () => {
    const metadata = new Map(sentencePiece);
    metadata.delete('tokenizer.ggml.scores');
    expect(() => tokenizerFilesFromGguf(metadata)).toThrow(/no token scores/);
  });
});
