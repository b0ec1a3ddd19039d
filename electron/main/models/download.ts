import { rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../../engine/errors.js';
import type { DownloadView, Verification } from '../../ipc/model-contract.js';
import { isPassing, unwritable } from './download-errors.js';
import { fetchInto, sizeOf } from './fetch-into.js';
import { fileUrl } from './hub-address.js';
import { type FileIdentity, UNKNOWN } from './remote-file.js';
import { Speedometer } from './speedometer.js';
import { verifyFile } from './verify-file.js';

/** What is wanted, and what is known of it. */
export interface Wanted {
  id: string;
  repository: string;
  revision: string;
  file: string;
  /** Of the file, from the catalog. */
  sha256: string | null;
}

export interface Timing {
  /** The waits before one more try after an interruption, milliseconds. */
  retryMs: readonly number[];
  /** Nothing may come for so long. */
  stallMs: number;
  now: () => number;
}

export const USUAL_TIMING: Timing = {
  retryMs: [1000, 2000, 4000, 8000, 16_000],
  stallMs: 30_000,
  now: () => performance.now(),
};

interface DownloadOptions {
  wanted: Wanted;
  /** Of the partial file that may be there from an earlier start. */
  identity: FileIdentity;
  /** The file's own, where it appears once it is whole. */
  folder: string;
  hub: () => string;
  timing: Timing;
  onChange: () => void;
  /** Of which file the partial one is now. */
  onIdentity: (identity: FileIdentity) => void;
}

type State = DownloadView['state'];

/** Progress that calms the server down and pays for all tries again. */
const PROGRESS_BYTES = 1 << 20;
const LONGEST_WAIT_S = 120;

/** One file on its way from the hub. It goes on after interruptions, and after a start of the app. */
export class Download {
  readonly #options: DownloadOptions;
  #identity: FileIdentity;
  #received = 0;
  #state: State = { state: 'connecting' };
  readonly #speed: Speedometer;

  constructor(options: DownloadOptions) {
    this.#options = options;
    this.#identity = options.identity;
    this.#speed = new Speedometer(options.timing.now);
  }

  get progress(): Pick<DownloadView, 'receivedBytes' | 'totalBytes' | 'state'> {
    const { bytesPerSecond } = this.#speed;
    const state = this.#state.state === 'receiving' ? { ...this.#state, bytesPerSecond } : this.#state;
    return { receivedBytes: this.#received, totalBytes: this.#identity.bytes, state };
  }

  /**
   * Resolves when the file is there, whole and checked.
   * @returns its path, and by what it was checked
   * @throws every DOWNLOAD_… code, FILE_UNWRITABLE; the signal's reason
   */
  async run(signal: AbortSignal): Promise<{ path: string; verified: Verification }> {
    const { wanted, folder } = this.#options;
    const path = join(folder, wanted.file);
    if (await this.#isThere(path, signal)) return { path, verified: this.#verification };
    const partial = partialPath(folder, wanted.file);
    if ((await this.#fetchAll(partial, signal)) > 0) {
      // What came first may have been of another file: once more, from the beginning.
      const isWhole = await this.#check(partial, signal).then(() => true, this.#onlyMismatch);
      if (!isWhole) {
        await this.#forget(partial);
        await this.#fetchAll(partial, signal);
        await this.#checkOrForget(partial, signal);
      }
    } else await this.#checkOrForget(partial, signal);
    await rename(partial, path).catch((cause: unknown) => {
      throw unwritable(path, cause);
    });
    return { path, verified: this.#verification };
  }

  get #verification(): Verification {
    if (this.#options.wanted.sha256 !== null) return 'catalog';
    return this.#identity.sha256 === null ? 'none' : 'hub';
  }

  /** The file came before, and what was to follow failed. One of which nothing is known is not believed. */
  async #isThere(path: string, signal: AbortSignal): Promise<boolean> {
    const { sha256, bytes } = this.#identity;
    const isKnown = (this.#options.wanted.sha256 ?? sha256 ?? bytes) !== null;
    if (!isKnown || (await sizeOf(path)) === 0) return false;
    this.#received = await sizeOf(path);
    return this.#check(path, signal).then(() => true, this.#onlyMismatch);
  }

  /** Tries again as long as what goes wrong may be over in a moment. @returns bytes that were here before */
  async #fetchAll(partial: string, signal: AbortSignal): Promise<number> {
    const { wanted, hub, timing } = this.#options;
    let tries = 0;
    for (;;) {
      const before = await sizeOf(partial);
      try {
        this.#received = before;
        this.#set({ state: 'connecting' });
        return await fetchInto({
          url: fileUrl(hub(), wanted),
          partial,
          identity: this.#identity,
          sha256: wanted.sha256,
          stallMs: timing.stallMs,
          signal,
          onAnswer: (identity) => this.#identify(identity),
          onReceived: (bytes) => this.#receive(bytes),
        });
      } catch (thrown) {
        signal.throwIfAborted();
        const error = EngineError.from(thrown);
        if (error.code === 'DOWNLOAD_MISMATCH') await this.#forget(partial);
        if (this.#received > before + PROGRESS_BYTES) tries = 0;
        if (!isPassing(error) || tries >= timing.retryMs.length) throw error;
        await this.#wait(error, timing.retryMs[tries++], signal);
      }
    }
  }

  #receive(bytes: number): void {
    this.#received = bytes;
    this.#speed.note(bytes);
    this.#set({ state: 'receiving', bytesPerSecond: null });
  }

  async #wait(error: EngineError, usualMs: number, signal: AbortSignal): Promise<void> {
    const asked = error.details?.retryAfter;
    const ms = typeof asked === 'number' ? Math.min(asked, LONGEST_WAIT_S) * 1000 : usualMs;
    this.#set({ state: 'waiting', seconds: ms / 1000, reason: error.message });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      const stop = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  async #check(partial: string, signal: AbortSignal): Promise<void> {
    const { wanted, hub } = this.#options;
    this.#set({ state: 'checking', fraction: 0 });
    await verifyFile(partial, {
      host: new URL(hub()).host,
      bytes: this.#identity.bytes,
      sha256: wanted.sha256 ?? this.#identity.sha256,
      signal,
      onProgress: (fraction) => this.#set({ state: 'checking', fraction }),
    });
  }

  async #checkOrForget(partial: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#check(partial, signal);
    } catch (thrown) {
      this.#onlyMismatch(thrown);
      await this.#forget(partial);
      throw thrown;
    }
  }

  readonly #onlyMismatch = (thrown: unknown): false => {
    if (thrown instanceof EngineError && thrown.code === 'DOWNLOAD_MISMATCH') return false;
    throw thrown;
  };

  async #forget(partial: string): Promise<void> {
    await rm(partial, { force: true });
    this.#identify(UNKNOWN);
    this.#received = 0;
  }

  #identify(identity: FileIdentity): void {
    this.#identity = identity;
    this.#options.onIdentity(identity);
  }

  #set(state: State): void {
    this.#state = state;
    this.#options.onChange();
  }
}

export function partialPath(folder: string, file: string): string {
  return join(folder, `${file}.part`);
}

/** Removes what has come of a file; `isKept`: the file itself, once it is whole, is somebody's. */
export async function removeDownload(folder: string, file: string, { isKept }: { isKept: boolean }): Promise<void> {
  await rm(partialPath(folder, file), { force: true });
  if (!isKept) await rm(join(folder, file), { force: true });
  // Another file may be there already.
  await rmdir(folder).catch(() => undefined);
}
