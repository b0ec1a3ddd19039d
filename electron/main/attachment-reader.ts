import { EngineError } from '../../engine/errors.js';
import type { AttachedFile } from '../ipc/attachment-contract.js';
import { attachmentReply } from '../ipc/attachment-messages.js';

/** The part of Electron's UtilityProcess that is needed. */
export interface ReaderChild {
  readonly pid: number | undefined;
  postMessage(message: AttachedFile): void;
  kill(): boolean;
  once(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
}

interface AttachmentReaderOptions {
  fork: () => ReaderChild;
  /** Resident bytes of a process; null: not known. */
  memoryOf: (pid: number) => number | null;
  timeoutMs?: number;
  maxBytes?: number;
  pollMs?: number;
}

/**
 * Reads files that may hold anything, one at a time, each in a process of its own that is ended when it takes too long
 * or too much memory. Nothing that a file does reaches the window, the engine or this process.
 */
export class AttachmentReader {
  readonly #options: Required<AttachmentReaderOptions>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: AttachmentReaderOptions) {
    this.#options = { timeoutMs: 60_000, maxBytes: 1_500_000_000, pollMs: 200, ...options };
  }

  /** Throws what readText (electron/utility/attachments) throws. */
  read(file: AttachedFile): Promise<{ text: string }> {
    const read = this.#last.then(() => this.#readNow(file));
    this.#last = read.catch(() => undefined);
    return read;
  }

  async #readNow(file: AttachedFile): Promise<{ text: string }> {
    const { fork, memoryOf, timeoutMs, maxBytes, pollMs } = this.#options;
    const child = fork();
    const { promise, resolve, reject } = withResolvers<{ text: string }>();
    child.once('message', (message) => {
      const reply = attachmentReply.safeParse(message).data;
      if (!reply) reject(crashed(file.name));
      else if ('error' in reply) reject(EngineError.fromShape(reply.error));
      else resolve(reply);
    });
    child.once('exit', () => reject(crashed(file.name)));
    const start = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - start > timeoutMs) reject(tooSlow(file.name, timeoutMs));
      else if (child.pid !== undefined && (memoryOf(child.pid) ?? 0) > maxBytes) reject(tooHungry(file.name, maxBytes));
    }, pollMs);
    try {
      child.postMessage(file);
      return await promise;
    } finally {
      clearInterval(watch);
      child.kill();
    }
  }
}

/** As Promise.withResolvers, which the oldest runtime lacks. */
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const PASTE = 'Copy the text that you need out of it, and paste it here.';

function crashed(name: string): EngineError {
  return new EngineError('ATTACHMENT_UNREADABLE', `“${name}” broke the program that reads files. ${PASTE}`);
}

function tooSlow(name: string, ms: number): EngineError {
  return new EngineError('ATTACHMENT_UNREADABLE', `“${name}” was not read after ${Math.round(ms / 1000)} s. ${PASTE}`);
}

function tooHungry(name: string, bytes: number): EngineError {
  const amount = `${(bytes / 1e9).toFixed(1)} GB`;
  return new EngineError('ATTACHMENT_TOO_LARGE', `Reading “${name}” takes more than ${amount} of memory. ${PASTE}`);
}
