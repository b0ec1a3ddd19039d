import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fixtures } from './fixtures/tokenizers.js';
import { readTokenizerFiles } from './hf-tokenizer.js';
import { Tokenizer } from './tokenizer.js';

const { tokenizerJson, cases } = fixtures.byteLevel[2];
const { vocab } = tokenizerJson.model;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(files: Record<string, unknown>) {
  for (const [name, content] of Object.entries({ 'tokenizer.json': tokenizerJson, ...files })) {
    if (content === null) continue;
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return readTokenizerFiles(folder);
}

test('tokenizer.json alone is enough to encode', async () => {
  const files = await read({});
  const tokenizer = new Tokenizer(files);
  for (const { text, ids } of cases) expect(tokenizer.encode(text)).toEqual(ids);
  expect(files).toMatchObject({ bosToken: null, eosToken: null, chatTemplate: null, addBosToken: false, kind: 'BPE' });
});

test('gathers the tokens that end an answer from every file', async () => {
  const files = await read({
    'tokenizer_config.json': { bos_token: { content: '<s>', lstrip: false }, eos_token: '</s>' },
    'generation_config.json': { eos_token_id: [300, 301] },
    'config.json': { eos_token_id: 302 },
  });
  expect(files).toMatchObject({ bosToken: '<s>', eosToken: '</s>' });
  expect(files.endTokenIds).toEqual([vocab['</s>'], vocab['<|im_end|>'], 300, 301, 302].sort((a, b) => a - b));
});

test('takes bos and eos from config.json where nothing else names them', async () => {
  const files = await read({ 'config.json': { bos_token_id: vocab['<s>'], eos_token_id: vocab['</s>'] } });
  expect(files).toMatchObject({ bosToken: '<s>', eosToken: '</s>' });
});

test('text begins with bos if the post-processor says so', async () => {
  const single = [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }];
  const post_processor = {
    type: 'Sequence',
    processors: [{ type: 'ByteLevel' }, { type: 'TemplateProcessing', single }],
  };
  expect((await read({ 'tokenizer.json': { ...tokenizerJson, post_processor } })).addBosToken).toBe(true);
  expect((await read({ 'tokenizer_config.json': { add_bos_token: true } })).addBosToken).toBe(true);
});

describe('chat template', () => {
  const named = [
    { name: 'tool_use', template: 'tools' },
    { name: 'default', template: 'from the list' },
  ];
  test.each([
    ['from the config', { 'tokenizer_config.json': { chat_template: 'from the config' } }],
    ['from the list', { 'tokenizer_config.json': { chat_template: named } }],
    ['from its file', { 'tokenizer_config.json': { chat_template: 'no' }, 'chat_template.jinja': 'from its file' }],
    [
      'from JSON',
      { 'tokenizer_config.json': { chat_template: 'no' }, 'chat_template.json': { chat_template: 'from JSON' } },
    ],
  ])('%s', async (expected, files) => {
    expect((await read(files)).chatTemplate).toBe(expected);
  });
});

describe('refuses', () => {
  test.each([
    [{ 'tokenizer.json': null }, 'MODEL_FILE_MISSING', /tokenizer\.json is missing/],
    [{ 'tokenizer.json': '{"model":' }, 'MODEL_HEADER_INVALID', /tokenizer\.json is damaged/],
    [{ 'tokenizer.json': '[]' }, 'MODEL_HEADER_INVALID', /does not hold a JSON object/],
    [{ 'tokenizer_config.json': 'nope' }, 'MODEL_HEADER_INVALID', /tokenizer_config\.json is damaged/],
    [{ 'tokenizer.json': { model: { type: 'WordPiece' } } }, 'MODEL_TOKENIZER_UNSUPPORTED', /WordPiece|decoder/],
  ])('%j', async (files, code, message) => {
    const reading = read(files);
    await expect(reading).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
