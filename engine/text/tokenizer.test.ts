import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../errors.js';
import { toByteLevel } from './byte-level.js';
import { byteLevelMetadata, filesOf, fixtures, sentencePieceMetadata } from './fixtures/tokenizers.js';
import { unicodeText } from './fixtures/unicode-text.js';
import { tokenizerFilesFromGguf } from './gguf-tokenizer.js';
import { Tokenizer } from './tokenizer.js';
import { parseTokenizerJson } from './tokenizer-json.js';
import { WordSplitter } from './word-splitter.js';

const byteLevel = fixtures.byteLevel.map((fixture) => ({ ...fixture, metadata: byteLevelMetadata(fixture) }));
const [smollm] = byteLevel;
const smollmTokenizer = new Tokenizer(filesOf(smollm.tokenizerJson));
const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, '\ufffd');
const idOf = (token: string) => smollm.tokenizerJson.model.vocab[token];

describe.each(byteLevel)('byte-level BPE, $name', ({ name, tokenizerJson, metadata, cases }) => {
  const fromGguf = new Tokenizer(tokenizerFilesFromGguf(metadata));
  const fromJson = new Tokenizer(filesOf(tokenizerJson));

  test('splits words as the reference does', () => {
    for (const json of [tokenizerJson, tokenizerFilesFromGguf(metadata).tokenizerJson]) {
      const splitter = new WordSplitter(parseTokenizerJson(json));
      for (const { text, words } of cases) {
        expect([...splitter.blocks(text, true)].flat().map(toByteLevel), text).toEqual(words);
      }
    }
  });

  test('gives the ids of the reference, from GGUF and from tokenizer.json', () => {
    for (const { text, ids } of cases) {
      expect(fromGguf.encode(text), text).toEqual(ids);
      expect(fromJson.encode(text), text).toEqual(ids);
    }
  });

  test('decodes what it encoded', () => {
    fc.assert(
      fc.property(unicodeText, (text) => {
        const expected = wellFormed(text);
        expect(fromGguf.decode(fromGguf.encode(text))).toBe(name === 'qwen2' ? expected.normalize('NFC') : expected);
      }),
    );
  });

  test('a text cut into blocks has the tokens of the text as a whole', { timeout: 60_000 }, () => {
    const whole = new HuggingFaceTokenizer(tokenizerFilesFromGguf(metadata).tokenizerJson, {});
    fc.assert(
      fc.property(unicodeText, (piece) => {
        const text = `word ${piece}`.repeat(20_000 / (piece.length + 5));
        expect(fromGguf.encode(text)).toEqual(whole.encode(wellFormed(text)).ids);
      }),
      { numRuns: 8 },
    );
  });
});

describe.each(fixtures.sentencePiece)('SentencePiece, space before the text: $addSpacePrefix', (fixture) => {
  const files = tokenizerFilesFromGguf(sentencePieceMetadata(fixture));
  const tokenizer = new Tokenizer(files);

  test('gives the ids of sentencepiece and decodes them', () => {
    for (const { text, ids } of fixture.cases) {
      expect(tokenizer.encode(text), text).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(text);
    }
  });

  test('a text cut into words has the tokens of the text as a whole', () => {
    const whole = new HuggingFaceTokenizer(files.tokenizerJson, {});
    const long = fc.array(unicodeText, { minLength: 5, maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(long, (text) => {
        const plain = wellFormed(text).replaceAll('<', '(');
        if (plain) expect(tokenizer.encode(plain)).toEqual(whole.encode(plain).ids);
      }),
      { numRuns: 40 },
    );
  });
});

test('control tokens are recognised in text and leave none in decoded text', () => {
  const ids = smollmTokenizer.encode('<|im_start|>user\nhi<|im_end|>');
  expect([ids.at(0), ids.at(-1)]).toEqual([idOf('<|im_start|>'), idOf('<|im_end|>')]);
  expect(smollmTokenizer.decode(ids)).toBe('user\nhi');
});

test('a guarded stretch never becomes a control token and keeps its characters', () => {
  const controls = ['<|im_start|>', '<|im_end|>', '<s>', '</s>', '<unk>', '<|im_', '\ufdd00\ufdd1', '\ufdd0'];
  const typed = fc
    .array(fc.oneof(fc.constantFrom(...controls), unicodeText), { maxLength: 8 })
    .map((all) => all.join(''));
  const controlIds = new Set(controls.map(idOf));
  fc.assert(
    fc.property(typed, typed, (first, second) => {
      const { stretches, guard } = smollmTokenizer.guard([first, second]);
      const ids = smollmTokenizer.encode({ text: `<s>${stretches.join('</s>')}`, guard });
      expect(ids.filter((id) => controlIds.has(id))).toEqual([idOf('<s>'), idOf('</s>')]);
      expect(smollmTokenizer.decode(ids)).toBe(wellFormed(first) + wellFormed(second));
    }),
    { numRuns: 300 },
  );
});

test('begins with the bos token when asked', () => {
  expect(smollmTokenizer.encode('', { addBos: true })).toEqual([idOf('<s>')]);
  expect(smollmTokenizer.encode('')).toEqual([]);
});

test('lstrip and rstrip of an added token take the spaces beside it', () => {
  const added = [{ id: 900, content: '<x>', special: true, lstrip: true, rstrip: true }];
  const tokenizer = new Tokenizer(filesOf({ ...smollm.tokenizerJson, added_tokens: added }));
  expect(tokenizer.encode('a  <x> \nb')).toEqual([...tokenizer.encode('a'), 900, ...tokenizer.encode('b')]);
});

test('encodes in steps between which other work runs, and stops when aborted', async () => {
  const text = 'Several words to be encoded, one after the other. '.repeat(20_000);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  expect(await smollmTokenizer.encodeAsync(text)).toEqual(smollmTokenizer.encode(text));
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(2);

  const abort = new AbortController();
  const reason = new Error('stopped');
  setTimeout(() => abort.abort(reason), 5);
  await expect(smollmTokenizer.encodeAsync(text, { signal: abort.signal })).rejects.toBe(reason);
});

describe('a tokenizer.json that cannot be followed is refused by name', () => {
  test.each([
    [{ pre_tokenizer: { type: 'Whitespace' } }, /Whitespace/],
    [{ model: { type: 'Unigram', vocab: [] } }, /Unigram/],
    [{ pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'ByteLevel' }, { type: 'Digits' }] } }, /ByteLevel/],
    [{ decoder: { type: 'WordPiece' } }, /WordPiece/],
    [{ normalizer: { type: 'Unheard' } }, /Unheard/],
    [{ model: { type: 'BPE', vocab: { a: -1 }, merges: [] } }, /"a" the id -1/],
    [{ model: { type: 'BPE', vocab: {}, merges: [] }, added_tokens: [] }, /no tokens/],
    [{ model: { type: 'BPE', vocab: { a: 0 }, merges: [5] } }, /cannot be used/],
    [{ model: undefined }, /model/],
  ])('%j', (change, message) => {
    const build = () => new Tokenizer(filesOf({ ...smollm.tokenizerJson, ...change }));
    expect(build).toThrow(EngineError);
    expect(build).toThrow(message);
    expect(build).toThrow(expect.objectContaining({ code: 'MODEL_TOKENIZER_UNSUPPORTED' }));
  });
});
