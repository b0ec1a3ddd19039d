import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { presetConfig } from '../../kv/presets.js';
import { type Logger, type ParkingOptions, PRESET_NAMES } from '../../types.js';
import type { Runtime } from '../load-runtime.js';
import type { ChatOutline, ChatSnapshot, Fill } from './chat-snapshot.js';
import { type Binding, readSnapshot, snapshotHead, UselessSnapshot, writeSnapshot } from './snapshot-file.js';

/** All files together … */
const MOST_BYTES = 2e9;
/** … and of what the disk would have free without them. */
const MOST_OF_DISK = 0.1;
const ENDING = '.memory';
const UNFINISHED = '.part';
/** Others could mean something as a path. */
const CHAT_NAME = /^[\w-]{1,100}$/;

/** What goes into a file: the memory may not be used until `release`. */
interface Parking {
  snapshot: ChatSnapshot;
  release: () => void;
}

interface Kept {
  path: string;
  bytes: number;
  usedMs: number;
}

/**
 * The memories of chats that are not in use, on the disk: one file a chat and model. Whatever goes wrong with one costs
 * nothing but that its text is read again, and a line in the log. What is written is written one after the other.
 */
export class ParkedChats {
  private readonly modelFolder: string;
  private work: Promise<void> = Promise.resolve();
  /** Chats whose file is about to be written. */
  private readonly writing = new Map<string, Promise<void>>();

  constructor(
    private readonly options: ParkingOptions,
    modelHash: string,
    private readonly bound: Omit<Binding, 'chat'>,
    private readonly logger?: Logger,
  ) {
    this.modelFolder = join(options.folder, modelHash);
  }

  /** Begins to write; what was there of the chat stays until it is done. */
  park(chat: string, { snapshot, release }: Parking): void {
    // As it is now: what it is of may go on meanwhile, once its arrays were copied.
    const head = snapshotHead({ chat, ...this.bound }, snapshot);
    const written = this.queue(() => this.write(chat, head, snapshot.arrays).finally(release), 'was not kept');
    this.writing.set(chat, written);
    void written.then(() => this.writing.get(chat) === written && this.writing.delete(chat));
  }

  /** @returns null: there is nothing of it that could be used, or `resume` did not want it */
  async take<T>(
    chat: string,
    resume: (outline: ChatOutline, fill: Fill) => Promise<T>,
    discard: (made: NonNullable<T>) => void,
  ): Promise<T | null> {
    if (!CHAT_NAME.test(chat)) return null;
    // For no other chat's.
    await this.writing.get(chat);
    const path = this.pathOf(chat);
    try {
      const made = await readSnapshot(path, { chat, ...this.bound }, resume, discard);
      const now = new Date();
      if (made) await utimes(path, now, now).catch(() => undefined);
      return made;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
      this.warn('is not used, and its text is read again', thrown);
      if (thrown instanceof UselessSnapshot) await rm(path, { force: true }).catch(() => undefined);
      return null;
    }
  }

  /** Chats that were deleted. */
  forget(chats: readonly string[]): Promise<void> {
    const paths = chats.filter((chat) => CHAT_NAME.test(chat)).map((chat) => this.pathOf(chat));
    return this.queue(async () => {
      for (const path of paths) await rm(path, { force: true });
    }, 'could not be removed');
  }

  /** Behind what is being written. */
  removeAll(): Promise<void> {
    return this.queue(() => rm(this.modelFolder, { recursive: true, force: true }), 'could not be removed');
  }

  /** When all that was begun is done. */
  settled(): Promise<void> {
    return this.work;
  }

  private queue(work: () => Promise<void>, outcome: string): Promise<void> {
    this.work = this.work.then(work).catch((thrown: unknown) => this.warn(outcome, thrown));
    return this.work;
  }

  private warn(outcome: string, thrown: unknown): void {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    this.logger?.warn(`The memory of a chat on the disk ${outcome}: ${reason}.`);
  }

  private async write(chat: string, head: Buffer, arrays: readonly Uint8Array[]): Promise<void> {
    if (!CHAT_NAME.test(chat)) return;
    await mkdir(this.modelFolder, { recursive: true, mode: 0o700 });
    const path = this.pathOf(chat);
    const bytes = arrays.reduce((sum, { byteLength }) => sum + byteLength, head.byteLength);
    await this.makeRoom(path, bytes);
    const unfinished = `${path}${UNFINISHED}`;
    try {
      await rm(unfinished, { force: true });
      await writeSnapshot(unfinished, head, arrays);
      await rename(unfinished, path);
    } catch (thrown) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      throw thrown;
    }
    await syncFolder(this.modelFolder);
  }

  /** Those used longest ago go. @throws where it would not fit even then */
  private async makeRoom(path: string, bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.modelFolder);
    const files = await this.kept();
    const others = files.filter((file) => file.path !== path).sort((a, b) => a.usedMs - b.usedMs);
    const held = files.reduce((sum, file) => sum + file.bytes, 0);
    const limit = Math.min(this.options.mostBytes ?? MOST_BYTES, MOST_OF_DISK * (bavail * bsize + held));
    if (bytes > limit) throw new Error(`it takes ${inMB(bytes)}, and ${inMB(limit)} are allowed`);
    let total = others.reduce((sum, file) => sum + file.bytes, bytes);
    for (const oldest of others) {
      if (total <= limit) return;
      await rm(oldest.path, { force: true });
      total -= oldest.bytes;
    }
  }

  /** Of all models; what an end of the app left unfinished is removed. */
  private async kept(): Promise<Kept[]> {
    const kept: Kept[] = [];
    for (const name of await readdir(this.options.folder, { recursive: true })) {
      const path = join(this.options.folder, name);
      if (name.endsWith(UNFINISHED)) await rm(path, { force: true });
      if (!name.endsWith(ENDING)) continue;
      // It may have been removed meanwhile, with its chat.
      const found = await stat(path).catch(() => null);
      if (found) kept.push({ path, bytes: found.size, usedMs: found.mtimeMs });
    }
    return kept;
  }

  private pathOf(chat: string): string {
    return join(this.modelFolder, `${chat}${ENDING}`);
  }
}

/** Those of a model, as it was loaded. */
export function parkedChatsOf({ model }: Runtime, options: ParkingOptions, logger?: Logger): ParkedChats {
  const { hash } = model.info;
  const presets = PRESET_NAMES.map((name) => presetConfig(name, { hash, numLayers: model.config.numLayers }));
  const meaning = createHash('sha256').update(JSON.stringify(presets)).digest('hex');
  return new ParkedChats(options, hash, { model: basename(model.folder), presets: meaning }, logger);
}

/** So that the new name is there after a loss of power, too; Windows has no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  await folder.sync().finally(() => folder.close());
}

function inMB(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
