import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toByteLevel } from './byte-level.js';
import { BytePairEncoder } from './byte-pair-encoder.js';
import { fixtures } from './fixtures/tokenizers.js';
import { unicodeText } from './fixtures/unicode-text.js';
import { parseTokenizerJson } from './tokenizer-json.js';

const { model } = parseTokenizerJson(fixtures.byteLevel[1].tokenizerJson);

function encode(encoder: BytePairEncoder, words: string[]): number[] {
  const ids: number[] = [];
  for (const _ of encoder.encode(words, ids));
  return ids;
}

test('merges as the library does, words of any length', () => {
  const reference = new HuggingFaceTokenizer({ ...fixtures.byteLevel[1].tokenizerJson, added_tokens: [] }, {}).model;
  const encoder = new BytePairEncoder(model, Object.entries(model.vocab), true, []);
  const word = fc.oneof(unicodeText, fc.string({ unit: fc.constantFrom('a', 't', 'h', 'e', ' '), maxLength: 200 }));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (words) => {
      const wellFormed = words.map((any) => any.replace(/\p{Surrogate}/gu, '\ufffd'));
      const tokens = reference?.encode(wellFormed.map(toByteLevel).filter(Boolean));
      expect(encode(encoder, wellFormed)).toEqual(tokens?.map((token: string) => model.vocab[token]));
    }),
    { numRuns: 300 },
  );
});

test('pauses within a single long word', () => {
  const ids: number[] = [];
  const pauses = [
    ...new BytePairEncoder(model, Object.entries(model.vocab), true, []).encode(['the cat '.repeat(20_000)], ids),
  ].length;
  expect(pauses).toBeGreaterThan(20);
});

test('no text merges into a control token', () => {
  const vocab = Object.entries({ '<': 0, s: 1, '>': 2, '<s': 3, '<s>': 4 });
  const tiny = { ...model, merges: ['< s', '<s >'] };
  expect(encode(new BytePairEncoder(tiny, vocab, false, []), ['<s>'])).toEqual([4]);
  expect(encode(new BytePairEncoder(tiny, vocab, false, ['<s>']), ['<s>'])).toEqual([3, 2]);
});

describe('a character without a token', () => {
  const vocab = Object.entries({ a: 0, '<unk>': 1, '<0xC3>': 2, '<0xA9>': 3 });
  const plain = { ...model, merges: [], unk_token: '<unk>' };
  test.each([
    ['is the unknown token', plain, [0, 1, 1, 0]],
    ['is one unknown token with its like', { ...plain, fuse_unk: true }, [0, 1, 0]],
    ['is its bytes, if all of them have tokens', { ...plain, byte_fallback: true }, [0, 2, 3, 1, 0]],
    ['is left out if nothing stands for it', { ...plain, unk_token: null }, [0, 0]],
  ])('%s', (_, spec, expected) => {
    expect(encode(new BytePairEncoder(spec, vocab, false, []), ['aéüa'])).toEqual(expected);
  });
});
