import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteLevelMetadata, fixtures, sentencePieceMetadata } from './fixtures/tokenizers.js';
import { unicodeText } from './fixtures/unicode-text.js';
import { tokenizerFilesFromGguf } from './gguf-tokenizer.js';
import { TokenBytes } from './token-bytes.js';
import { Tokenizer } from './tokenizer.js';
import { parseTokenizerJson } from './tokenizer-json.js';

const files = [
  tokenizerFilesFromGguf(byteLevelMetadata(fixtures.byteLevel[0])),
  ...fixtures.sentencePiece.map((fixture) => tokenizerFilesFromGguf(sentencePieceMetadata(fixture))),
];

describe.each(files)('$kind', (tokenizerFiles) => {
  const tokenizer = new Tokenizer(tokenizerFiles);
  const reference = new HuggingFaceTokenizer(tokenizerFiles.tokenizerJson, { clean_up_tokenization_spaces: false });
  const tokenBytes = new TokenBytes(parseTokenizerJson(tokenizerFiles.tokenizerJson), reference.model?.vocab ?? []);
  // SentencePiece writes spaces as ▁, so that it cannot tell the two apart.
  const text =
    tokenizerFiles.kind === 'SentencePiece' ? unicodeText.map((any) => any.replaceAll('▁', '')) : unicodeText;

  function stream(ids: readonly number[]): string[] {
    const detokenizer = tokenizer.detokenizer();
    return [...ids.map((id) => detokenizer.push(id)), detokenizer.flush()];
  }

  test('streams the text, without a replacement character for one that is merely incomplete', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const pieces = stream(tokenizer.encode(typed));
        const expected = typed.replace(/\p{Surrogate}/gu, '\ufffd');
        expect(pieces.join('')).toBe(expected);
        for (const piece of pieces) expect(piece).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });

  test('gives the text of any ids, valid UTF-8 or not, as if all bytes were decoded at once', () => {
    const anyIds = fc.array(fc.integer({ min: 0, max: tokenizer.vocabSize + 3 }), { maxLength: 60 });
    fc.assert(
      fc.property(anyIds, (ids) => {
        const bytes = Buffer.concat(ids.map((id) => tokenBytes.of(id)));
        const start = tokenBytes.stripsFirstSpace && bytes[0] === 0x20 ? 1 : 0;
        const atOnce = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start));
        expect(stream(ids).join('')).toBe(atOnce);
        expect(tokenizer.decode(ids)).toBe(atOnce);
      }),
      { numRuns: 300 },
    );
  });

  test('agrees with the library where the bytes are whole characters', () => {
    fc.assert(
      fc.property(text, (typed) => {
        // Its byte-fallback decoder drops byte order marks.
        const ids = tokenizer.encode(typed.replaceAll('\ufeff', ''));
        if (ids.length > 0) expect(tokenizer.decode(ids)).toBe(reference.decode(ids, { skip_special_tokens: true }));
      }),
    );
  });
});

test('an answer cut within a character ends in one replacement character', () => {
  const tokenizer = new Tokenizer(files[0]);
  const ids = tokenizer.encode('ok 🙂');
  expect(tokenizer.decode(ids.slice(0, -1))).toBe('ok \ufffd');
});

test('takes time for each token alone, however long the text', () => {
  const tokenizer = new Tokenizer(files[0]);
  const ids = tokenizer.encode('Москва 你好 🙂 and words. '.repeat(4000));
  const detokenizer = tokenizer.detokenizer();
  const halves = [ids.slice(0, ids.length / 2), ids.slice(ids.length / 2)].map((half) => {
    const start = performance.now();
    for (const id of half) detokenizer.push(id);
    return performance.now() - start;
  });
  expect(halves[1]).toBeLessThan(3 * halves[0] + 50);
});
