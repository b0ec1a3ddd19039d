import { mkdirSync, readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { EngineError } from '../../engine/errors.js';
import { writeWholeFile } from './whole-file.js';

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
  readonly #onDamaged: (keptAs: string) => void;
  #current: T;
  #isDamaged: boolean;
  #keptAs: string | null = null;
  #written: Promise<void> = Promise.resolve();

  constructor({ path, schema, empty, onDamaged }: JsonFileOptions<T>) {
    this.#path = path;
    const content = readJson(path);
    const parsed = content === null ? null : schema.safeParse(content);
    this.#onDamaged = onDamaged;
    this.#current = parsed?.success ? parsed.data : empty;
    this.#isDamaged = parsed?.success === false;
  }

  get current(): T {
    return this.#current;
  }

  /** Holds at once. Resolves when it is on disk. @throws FILE_UNWRITABLE */
  update(next: T): Promise<void> {
    this.#current = next;
    return this.#inTurn(async () => {
      mkdirSync(dirname(this.#path), { recursive: true });
      await this.#setAside();
      await writeWholeFile(this.#path, `${JSON.stringify(this.#current, null, 2)}\n`);
    });
  }

  /**
   * Sets a damaged file aside before there is something to write, for one that is told of.
   * @returns what it is called now; null: it was not damaged
   * @throws FILE_UNWRITABLE
   */
  async setAside(): Promise<string | null> {
    await this.#inTurn(() => this.#setAside());
    return this.#keptAs;
  }

  /** One after the other: two writes of the same file would take the same temporary name. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#written.then(work);
    this.#written = done.catch(() => undefined);
    return done;
  }

  /** Not when it is read: who only reads a file leaves it as it is. */
  async #setAside(): Promise<void> {
    if (!this.#isDamaged) return;
    const keptAs = `${this.#path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`;
    await rename(this.#path, keptAs).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return;
      const message = `${this.#path} makes no sense, and cannot be set aside as ${keptAs}: ${cause.message}. Nothing is written over it; move it away by hand.`;
      throw new EngineError('FILE_UNWRITABLE', message, { path: keptAs }, { cause });
    });
    this.#isDamaged = false;
    this.#keptAs = keptAs;
    this.#onDamaged(keptAs);
  }
}

/** null: there is no file yet; undefined: there is one, and it cannot be read or is no JSON. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) ?? undefined;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? null : undefined;
  }
}
