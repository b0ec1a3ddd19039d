import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { fileProblem } from './file-problem.js';
import { temporaryPath } from './import-folder.js';
import type { FileStamp, ModelFiles } from './model-files.js';

const INDEX = 'index.json';

const indexSchema = z.object({
  version: z.literal(1),
  files: z.record(z.string(), z.object({ size: z.number(), mtimeMs: z.number(), hash: z.string() })),
});

type HashIndex = z.infer<typeof indexSchema>['files'];

/**
 * Content hashes of model files, remembered in `<cacheFolder>/index.json` by path, size and time of change, so that a
 * model is read whole once only.
 */
export class FileHashes {
  constructor(private readonly cacheFolder: string) {}

  /** The hash of a model whose files are all known and unchanged, else null. */
  async known(files: ModelFiles): Promise<string | null> {
    const index = await this.readIndex();
    const hashes = files.files.map((stamp) => remembered(index, stamp));
    return hashes.every((hash) => hash !== null) ? combine(files, hashes) : null;
  }

  /**
   * @param onBytes called with the bytes hashed since the call before
   * @throws MODEL_FILE_UNREADABLE
   */
  async compute(files: ModelFiles, onBytes: (bytes: number) => void, signal?: AbortSignal): Promise<string> {
    const hashes: string[] = [];
    for (const { path } of files.files) hashes.push(await hashFile(path, onBytes, signal));
    // Read again: another import may have added to it meanwhile.
    const index = await this.readIndex();
    for (const [at, { path, size, mtimeMs }] of files.files.entries())
      index[path] = { size, mtimeMs, hash: hashes[at] };
    await this.writeIndex(index);
    return combine(files, hashes);
  }

  private async readIndex(): Promise<HashIndex> {
    try {
      return indexSchema.parse(JSON.parse(await readFile(join(this.cacheFolder, INDEX), 'utf8'))).files;
    } catch {
      // It only saves time: without it the files are hashed again.
      return {};
    }
  }

  private async writeIndex(files: HashIndex): Promise<void> {
    const temporary = temporaryPath(this.cacheFolder);
    try {
      await writeFile(temporary, JSON.stringify({ version: 1, files }));
      await rename(temporary, join(this.cacheFolder, INDEX));
    } catch {
      // Another process may hold the index; what it does not remember is hashed again.
      await rm(temporary, { force: true });
    }
  }
}

function remembered(index: HashIndex, { path, size, mtimeMs }: FileStamp): string | null {
  const entry = Object.hasOwn(index, path) ? index[path] : undefined;
  return entry && entry.size === size && entry.mtimeMs === mtimeMs ? entry.hash : null;
}

/** A single file's own hash; of a folder that of its files' names and hashes, in order of name. */
function combine(files: ModelFiles, hashes: string[]): string {
  if (files.kind === 'gguf') return hashes[0];
  const lines = files.files.map(({ path }, at) => `${relative(files.path, path)}\0${hashes[at]}\n`);
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}

async function hashFile(path: string, onBytes: (bytes: number) => void, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const stream = createReadStream(path, { highWaterMark: 4 << 20 });
  try {
    for await (const bytes of stream as AsyncIterable<Buffer>) {
      hash.update(bytes);
      onBytes(bytes.length);
      signal?.throwIfAborted();
    }
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    throw fileProblem(path, thrown);
  }
  return hash.digest('hex');
}
