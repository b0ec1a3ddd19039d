import { join } from 'node:path';
import { z } from 'zod';
import { EngineError } from '../../../engine/errors.js';
import type { DownloadView, Verification } from '../../ipc/model-contract.js';
import { JsonFile } from '../json-file.js';
import { Download, partialPath, removeDownload, type Timing, type Wanted } from './download.js';
import { sizeOf } from './fetch-into.js';
import { UNKNOWN } from './remote-file.js';
import { sha256 } from './sha256.js';

/** A part of a path, and nothing that leads out of it. */
const name = z.string().regex(/^[\w][\w.-]*$/);

const record = z.object({
  id: name,
  repository: z.string(),
  revision: z.string(),
  file: name,
  sha256: sha256.nullable(),
  identity: z.object({ etag: z.string().nullable(), sha256: sha256.nullable(), bytes: z.number().nullable() }),
});
type DownloadRecord = z.infer<typeof record>;

interface DownloadsOptions {
  /** What is remembered of downloads between starts. */
  file: string;
  ownFolder: string;
  hub: () => string;
  timing: Timing;
  onChange: () => void;
  onDone: (path: string, verified: Verification) => Promise<void>;
  /** Whether what came is a model that the app knows. */
  isKept: (path: string) => boolean;
  onLog: (message: string) => void;
  onDamaged: (keptAs: string) => void;
}

/** At most so many at once; the others wait for their turn. */
const AT_ONCE = 2;

type Status =
  | { state: 'queued' | 'paused' }
  | { state: 'failed'; error: EngineError }
  | { state: 'running'; download: Download; abort: AbortController; ended: Promise<void> };

/** The downloads that were asked for and have not ended. After a start of the app all are paused: nothing goes on unasked. */
export class Downloads {
  readonly #options: DownloadsOptions;
  readonly #records: JsonFile<DownloadRecord[]>;
  /** In the order they were asked for. */
  readonly #status = new Map<string, Status>();

  constructor(options: DownloadsOptions) {
    this.#options = options;
    const { file, onDamaged } = options;
    this.#records = new JsonFile({ path: file, schema: z.array(record), empty: [], onDamaged });
    for (const { id } of this.#records.current) this.#status.set(id, { state: 'paused' });
  }

  async views(): Promise<DownloadView[]> {
    return Promise.all(
      this.#records.current.map(async ({ id, file, identity }): Promise<DownloadView> => {
        const status = this.#status.get(id) ?? { state: 'paused' };
        if (status.state === 'running') return { id, file, ...status.download.progress };
        const state =
          status.state === 'failed' ? { state: status.state, error: status.error.toShape() } : { state: status.state };
        const receivedBytes = await sizeOf(partialPath(this.#folderOf(id), file));
        return { id, file, state, receivedBytes, totalBytes: identity.bytes };
      }),
    );
  }

  /** Goes on with it, if it was asked for before. @throws FILE_UNWRITABLE */
  async start(wanted: Wanted): Promise<void> {
    const status = this.#status.get(wanted.id);
    if (status?.state === 'running' || status?.state === 'queued') return;
    const known = this.#records.current.find(({ id }) => id === wanted.id);
    this.#status.set(wanted.id, { state: 'queued' });
    const written = this.#records.update([...this.#without(wanted.id), { identity: UNKNOWN, ...known, ...wanted }]);
    this.#pump();
    await written;
  }

  /** Of one that was asked for before, whether or not the catalog still has it. */
  async resume(id: string): Promise<void> {
    const { identity, ...wanted } = this.#find(id);
    await this.start(wanted);
  }

  has(id: string): boolean {
    return this.#records.current.some((each) => each.id === id);
  }

  async pause(id: string): Promise<void> {
    this.#find(id);
    await this.#stop(id);
    // It may have come to its end meanwhile.
    if (this.#status.has(id)) this.#status.set(id, { state: 'paused' });
    this.#options.onChange();
  }

  async cancel(id: string): Promise<void> {
    const { file } = this.#find(id);
    await this.#stop(id);
    this.#status.delete(id);
    await this.#records.update(this.#without(id));
    const folder = this.#folderOf(id);
    // A whole file that could not be told to the library would be nobody's.
    await removeDownload(folder, file, { isKept: this.#options.isKept(join(folder, file)) });
    this.#options.onChange();
  }

  /** At the end of the app. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#status.keys()].map((id) => this.#stop(id)));
  }

  #find(id: string): DownloadRecord {
    const found = this.#records.current.find((each) => each.id === id);
    if (found) return found;
    throw new EngineError('REQUEST_INVALID', 'This download has ended already.', { field: 'id' });
  }

  #folderOf(id: string): string {
    return join(this.#options.ownFolder, id);
  }

  async #stop(id: string): Promise<void> {
    const status = this.#status.get(id);
    if (status?.state === 'queued') this.#status.set(id, { state: 'paused' });
    if (status?.state !== 'running') return;
    status.abort.abort();
    await status.ended;
  }

  /** Begins what may begin. */
  #pump(): void {
    const states = [...this.#status.values()];
    let free = AT_ONCE - states.filter(({ state }) => state === 'running').length;
    for (const { id } of this.#records.current) {
      if (free <= 0) break;
      if (this.#status.get(id)?.state !== 'queued') continue;
      free--;
      this.#begin(id);
    }
    this.#options.onChange();
  }

  #begin(id: string): void {
    const { identity, ...wanted } = this.#find(id);
    const { hub, timing, onChange } = this.#options;
    const abort = new AbortController();
    const onIdentity = (now: DownloadRecord['identity']) => this.#keepIdentity(id, now);
    const folder = this.#folderOf(id);
    const download = new Download({ wanted, identity, folder, hub, timing, onChange, onIdentity });
    this.#status.set(id, { state: 'running', download, abort, ended: this.#run(id, download, abort.signal) });
  }

  async #run(id: string, download: Download, signal: AbortSignal): Promise<void> {
    try {
      const { path, verified } = await download.run(signal);
      await this.#options.onDone(path, verified);
      this.#status.delete(id);
      await this.#forget(id);
    } catch (thrown) {
      const error = EngineError.from(thrown);
      this.#status.set(id, signal.aborted ? { state: 'paused' } : { state: 'failed', error });
      if (!signal.aborted) this.#options.onLog(`${id}: ${error.code}: ${error.message}`);
    }
    this.#pump();
  }

  /** Where that cannot be kept, the next start offers to go on, and what is there already ends it at once. */
  async #forget(id: string): Promise<void> {
    await this.#records.update(this.#without(id)).catch((thrown: unknown) => this.#options.onLog(String(thrown)));
  }

  #without(id: string): DownloadRecord[] {
    return this.#records.current.filter((each) => each.id !== id);
  }

  /** So that a start after a crash can go on with the same file. */
  #keepIdentity(id: string, identity: DownloadRecord['identity']): void {
    const records = this.#records.current.map((each) => (each.id === id ? { ...each, identity } : each));
    this.#records.update(records).catch((thrown: unknown) => this.#options.onLog(String(thrown)));
  }
}
