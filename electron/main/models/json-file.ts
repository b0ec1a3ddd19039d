import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { writeWholeFile } from '../whole-file.js';

interface JsonFileOptions<T> {
  path: string;
  schema: z.ZodType<T>;
  /** Where there is none yet. */
  empty: T;
  /** A file that made no sense was set aside. */
  onDamaged: (keptAs: string) => void;
}

/** What main keeps in a JSON file, written whole at each change. A damaged file is set aside, never overwritten. */
export class JsonFile<T> {
  readonly #path: string;
  #current: T;
  #written: Promise<void> = Promise.resolve();

  constructor({ path, schema, empty, onDamaged }: JsonFileOptions<T>) {
    this.#path = path;
    const text = readText(path);
    const parsed = text === null ? null : schema.safeParse(parseJson(text));
    this.#current = parsed?.success ? parsed.data : empty;
    if (parsed && !parsed.success) {
      const keptAs = `${path}.damaged`;
      renameSync(path, keptAs);
      onDamaged(keptAs);
    }
  }

  get current(): T {
    return this.#current;
  }

  /** Holds at once. Resolves when it is on disk. @throws FILE_UNWRITABLE */
  update(next: T): Promise<void> {
    this.#current = next;
    const write = async (): Promise<void> => {
      mkdirSync(dirname(this.#path), { recursive: true });
      await writeWholeFile(this.#path, `${JSON.stringify(this.#current, null, 2)}\n`);
    };
    // One after the other: two writes of the same file would take the same temporary name.
    const written = this.#written.then(write);
    this.#written = written.catch(() => undefined);
    return written;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
