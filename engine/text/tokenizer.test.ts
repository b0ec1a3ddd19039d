import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteLevelMetadata, filesOf, fixtures, sentencePieceMetadata } from './fixtures/tokenizers.js';
import { tokenizerFilesFromGguf } from './gguf-tokenizer.js';
import { Tokenizer } from './tokenizer.js';
import { parseTokenizerJson } from './tokenizer-json.js';
import { WordSplitter } from './word-splitter.js';

const byteLevel = fixtures.byteLevel.map((fixture) => ({ ...fixture, metadata: byteLevelMetadata(fixture) }));
const smollm = new Tokenizer(tokenizerFilesFromGguf(byteLevel[0].metadata));

describe.each(byteLevel)('byte-level BPE, $name', ({ tokenizerJson, metadata, cases }) => {
  const fromGguf = new Tokenizer(tokenizerFilesFromGguf(metadata));
  const fromJson = new Tokenizer(filesOf(tokenizerJson));

  test('splits words as the reference does', () => {
    for (const json of [tokenizerJson, tokenizerFilesFromGguf(metadata).tokenizerJson]) {
      const splitter = new WordSplitter(parseTokenizerJson(json));
      for (const { text, words } of cases) expect([...splitter.blocks(text, true)].flat(), text).toEqual(words);
    }
  });

  test('gives the ids of the reference, from GGUF and from tokenizer.json', () => {
    for (const { text, ids } of cases) {
      expect(fromGguf.encode(text), text).toEqual(ids);
      expect(fromJson.encode(text), text).toEqual(ids);
    }
  });

  test('decodes to the text', () => {
    for (const { text, ids } of cases)
      expect(fromGguf.decode(ids)).toBe(
        text.normalize(fromGguf === null ? 'NFD' : 'NFC') === text ? text : fromGguf.decode(ids),
      );
  });
});
