import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ParkedMemories as ParkedBytes } from '../ipc/contract.js';

/** CHAT.memory, in a folder for each model; while it is written, with something behind it. */
const FILE = /^([\w-]+)\.memory(\.part)?$/;
const UNFINISHED = /\.part$/;

interface ParkedFile {
  path: string;
  chat: string;
}

/** What the engine keeps on the disk of the memories that are not in use, as main counts and removes it. */
export class ParkedMemories {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async size(): Promise<ParkedBytes> {
    let bytes = 0;
    const chats = new Set<string>();
    for (const { path, chat } of await this.#files()) {
      // It may be gone by now.
      bytes += (await stat(path).catch(() => null))?.size ?? 0;
      chats.add(chat);
    }
    return { chats: chats.size, bytes };
  }

  removeOf(chats: readonly string[]): Promise<void> {
    const gone = new Set(chats);
    return this.#remove((chat) => gone.has(chat));
  }

  /** Of all chats but these: what was deleted while no engine was there to hear of it. */
  removeAllBut(chats: readonly string[]): Promise<void> {
    const there = new Set(chats);
    return this.#remove((chat) => !there.has(chat));
  }

  async #remove(isGone: (chat: string) => boolean): Promise<void> {
    const failures: unknown[] = [];
    for (const { path, chat } of await this.#files()) {
      if (!isGone(chat)) continue;
      // What is being written gets its name meanwhile.
      for (const name of new Set([path, path.replace(UNFINISHED, '')])) {
        await rm(name, { force: true, maxRetries: 3 }).catch((thrown: unknown) => failures.push(thrown));
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async #files(): Promise<ParkedFile[]> {
    const names = await readdir(this.#folder, { recursive: true }).catch(() => []);
    return names.flatMap((name) => {
      const chat = FILE.exec(basename(name))?.[1];
      return chat === undefined ? [] : [{ path: join(this.#folder, name), chat }];
    });
  }
}
