import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { EngineError } from '../errors.js';
import { fileProblem, systemErrorCode } from './file-problem.js';

/** Of one file on disk, as far as it tells whether the file has changed. */
export interface FileStamp {
  /** Absolute. */
  path: string;
  size: number;
  mtimeMs: number;
}

/** Where a model lies. `path`: the GGUF file or the folder, absolute; `files`: all that an import depends on. */
export type ModelFiles =
  | { kind: 'gguf'; path: string; files: FileStamp[] }
  | { kind: 'safetensors'; path: string; files: FileStamp[]; weightFiles: string[] };

const shardIndexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** Beside the weights, what an import reads; only those that are there count. */
const OPTIONAL_FILES = ['tokenizer_config.json', 'generation_config.json', 'chat_template.jinja', 'chat_template.json'];
const SHARD_INDEX = 'model.safetensors.index.json';

/**
 * Finds the files of a model.
 *
 * @param modelPath a GGUF file, a safetensors folder, or a file in one
 * @throws MODEL_FILE_MISSING, MODEL_FILE_UNREADABLE, MODEL_HEADER_INVALID
 */
export async function findModelFiles(modelPath: string): Promise<ModelFiles> {
  const path = resolve(modelPath);
  const stats = await stat(path).catch((cause: unknown) => {
    throw fileProblem(path, cause);
  });
  if (stats.isDirectory()) return findFolder(path);
  if (!stats.isFile()) throw new EngineError('MODEL_FILE_UNREADABLE', `${path} is not a file. Choose a model file.`);
  if (path.endsWith('.safetensors') || basename(path) === 'config.json') return findFolder(dirname(path));
  return { kind: 'gguf', path, files: [await stamp(path)] };
}

async function findFolder(path: string): Promise<ModelFiles> {
  const names = new Set(
    await readdir(path).catch((cause: unknown) => {
      throw fileProblem(path, cause);
    }),
  );
  for (const name of ['config.json', 'tokenizer.json']) {
    if (!names.has(name)) throw incomplete(path, name);
  }
  const sharded = !names.has('model.safetensors');
  if (sharded && !names.has(SHARD_INDEX)) throw incomplete(path, 'model.safetensors');
  const weightFiles = sharded ? await readShardNames(path) : ['model.safetensors'];
  const others = ['config.json', 'tokenizer.json', ...OPTIONAL_FILES.filter((name) => names.has(name))];
  const all = [...others, ...(sharded ? [SHARD_INDEX] : []), ...weightFiles];
  return {
    kind: 'safetensors',
    path,
    files: await Promise.all(all.map((name) => stamp(join(path, name)))),
    weightFiles: weightFiles.map((name) => join(path, name)),
  };
}

async function readShardNames(folder: string): Promise<string[]> {
  const path = join(folder, SHARD_INDEX);
  const parsed = shardIndexSchema.safeParse(await readJson(path));
  const names = parsed.success ? [...new Set(Object.values(parsed.data.weight_map))].sort() : [];
  // A name with a folder in it would read files that are not the model's.
  if (names.length === 0 || names.some((name) => name !== basename(name) || name.includes('\\'))) {
    throw new EngineError('MODEL_HEADER_INVALID', `${path} is damaged: it names no files. Get the model again.`);
  }
  return names;
}

/** @throws MODEL_FILE_MISSING, MODEL_FILE_UNREADABLE, MODEL_HEADER_INVALID */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw fileProblem(path, cause);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError(
      'MODEL_HEADER_INVALID',
      `${path} is damaged: it is not JSON. Get the model again.`,
      undefined,
      {
        cause,
      },
    );
  }
}

async function stamp(path: string): Promise<FileStamp> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { path, size, mtimeMs };
  } catch (cause) {
    if (systemErrorCode(cause) !== 'ENOENT') throw fileProblem(path, cause);
    throw incomplete(dirname(path), basename(path));
  }
}

function incomplete(folder: string, name: string): EngineError {
  return new EngineError(
    'MODEL_FILE_UNREADABLE',
    `${folder} is not a complete model: it has no ${name}. ` +
      'A folder needs config.json, tokenizer.json and model.safetensors; otherwise choose a .gguf file.',
    { folder, missing: name },
  );
}

/** Of all files that an import depends on. */
export function fileBytes({ files }: ModelFiles): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
