import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EngineError } from '../errors.js';
import { fileProblem, systemErrorCode } from '../model/file-problem.js';
import { endTokenIds } from './end-tokens.js';
import type { TokenizerFiles } from './tokenizer-files.js';
import { parseTokenizerJson, type TokenizerJson } from './tokenizer-json.js';

const token = z
  .union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)])
  .nullish()
  .catch(null);

const tokenizerConfigSchema = z.looseObject({
  bos_token: token,
  eos_token: token,
  add_bos_token: z.boolean().nullish().catch(null),
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() })).transform(defaultTemplate)])
    .nullish()
    .catch(null),
});

const ids = z
  .union([z.number(), z.array(z.number())])
  .nullish()
  .catch(null)
  .transform((value) => (typeof value === 'number' ? [value] : (value ?? [])));

const modelConfigSchema = z.looseObject({
  bos_token_id: ids,
  eos_token_id: ids,
});

const postProcessorSchema = z.union([
  z.object({ type: z.literal('TemplateProcessing'), single: z.array(z.record(z.string(), z.unknown())) }),
  z.object({ type: z.literal('Sequence'), processors: z.array(z.unknown()) }),
]);

/**
 * Reads the tokenizer of a Hugging Face model folder: tokenizer.json, and where they are there tokenizer_config.json,
 * generation_config.json, config.json, chat_template.jinja or chat_template.json.
 *
 * @throws MODEL_FILE_MISSING, MODEL_FILE_UNREADABLE, MODEL_HEADER_INVALID (not JSON), MODEL_TOKENIZER_UNSUPPORTED
 */
export async function readTokenizerFiles(folder: string): Promise<TokenizerFiles> {
  const tokenizerJson = await readJson(folder, 'tokenizer.json');
  if (!tokenizerJson) {
    throw new EngineError(
      'MODEL_FILE_MISSING',
      `${join(folder, 'tokenizer.json')} is missing. Copy it from where the model comes from; ` +
        'a folder with tokenizer.model alone cannot be used, its GGUF file can.',
    );
  }
  const json = parseTokenizerJson(tokenizerJson);
  const tokenizerConfig = (await readJson(folder, 'tokenizer_config.json')) ?? {};
  const config = tokenizerConfigSchema.parse(tokenizerConfig);
  const generation = modelConfigSchema.parse((await readJson(folder, 'generation_config.json')) ?? {});
  const model = modelConfigSchema.parse((await readJson(folder, 'config.json')) ?? {});
  const tokenAt = tokensById(json);
  const bosToken = config.bos_token ?? tokenAt(generation.bos_token_id[0] ?? model.bos_token_id[0]);
  const eosToken = config.eos_token ?? tokenAt(generation.eos_token_id[0] ?? model.eos_token_id[0]);
  const eosId = json.added_tokens.find(({ content }) => content === eosToken)?.id;
  const named = [...generation.eos_token_id, ...model.eos_token_id, ...(eosId === undefined ? [] : [eosId])];
  const controls = json.added_tokens.filter(({ special }) => special);
  return {
    tokenizerJson,
    tokenizerConfig,
    bosToken,
    eosToken,
    endTokenIds: endTokenIds(
      named,
      controls.map(({ content, id }) => [content, id] as const),
    ),
    addBosToken: config.add_bos_token ?? beginsWithToken(tokenizerJson.post_processor),
    chatTemplate: await readChatTemplate(folder, config.chat_template ?? null),
    kind: json.decoder.some(({ type }) => type === 'ByteLevel') ? 'BPE' : 'SentencePiece',
  };
}

async function readChatTemplate(folder: string, fromConfig: string | null): Promise<string | null> {
  const jinja = await readText(join(folder, 'chat_template.jinja'));
  const json = jinja === null ? await readJson(folder, 'chat_template.json') : null;
  const template = jinja ?? (typeof json?.chat_template === 'string' ? json.chat_template : fromConfig);
  return template?.trim() ? template : null;
}

async function readJson(folder: string, name: string): Promise<Record<string, unknown> | null> {
  const path = join(folder, name);
  const text = await readText(path);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (cause) {
    throw brokenJson(path, cause);
  }
  throw brokenJson(path);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function brokenJson(path: string, cause?: unknown): EngineError {
  const reason = cause instanceof Error ? ` (${cause.message})` : '';
  const message = `${path} is damaged: it does not hold a JSON object${reason}. Download or copy it again.`;
  return new EngineError('MODEL_HEADER_INVALID', message, undefined, { cause });
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') return null;
    throw fileProblem(path, cause);
  }
}

function tokensById(json: TokenizerJson): (id: number | undefined) => string | null {
  return (id) => {
    if (id === undefined) return null;
    const added = json.added_tokens.find((candidate) => candidate.id === id);
    return added?.content ?? Object.keys(json.model.vocab).find((content) => json.model.vocab[content] === id) ?? null;
  };
}

function defaultTemplate(templates: { name: string; template: string }[]): string | null {
  return (templates.find(({ name }) => name === 'default') ?? templates[0])?.template ?? null;
}

/** Whether the post-processor puts a special token before every text. */
function beginsWithToken(postProcessor: unknown): boolean {
  const parsed = postProcessorSchema.safeParse(postProcessor);
  if (!parsed.success) return false;
  if (parsed.data.type === 'Sequence') return parsed.data.processors.some(beginsWithToken);
  return parsed.data.single.length > 0 && 'SpecialToken' in parsed.data.single[0];
}
