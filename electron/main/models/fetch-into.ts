import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError } from '../../../engine/errors.js';
import { requireSpace } from './disk-space.js';
import { interrupted, mismatch, noSpace, stalled, unwritable } from './download-errors.js';
import { causeOf, type FileIdentity, type RemoteAnswer, requestRemote } from './remote-file.js';

export interface FetchOptions {
  url: URL;
  /** What has come so far. */
  partial: string;
  /** Of what has come so far. */
  identity: FileIdentity;
  /** The file's own hash, where it is known for sure. */
  sha256: string | null;
  stallMs: number;
  signal: AbortSignal;
  /** The server has answered: what is kept from now on is of this file. */
  onAnswer: (identity: FileIdentity) => void;
  onReceived: (bytes: number) => void;
}

/**
 * Appends what is missing of a file to what has come of it; begins anew where a server cannot go on, or has another file
 * than before.
 * @returns bytes that were here before, and stayed
 * @throws every DOWNLOAD_… code, FILE_UNWRITABLE; the signal's reason
 */
export async function fetchInto(options: FetchOptions): Promise<number> {
  const { url, partial, identity, signal, stallMs } = options;
  const watch = new Watchdog(stalled(url.host, stallMs / 1000), stallMs, signal);
  try {
    const here = await sizeOf(partial);
    if (here > 0 && here === identity.bytes) return here;
    const answer = await answerFor(options, canGoOn(options, here) ? here : 0, watch);
    options.onAnswer(answer.identity);
    await receive(answer, options, watch);
    return answer.from;
  } catch (thrown) {
    watch.signal.throwIfAborted();
    throw thrown instanceof EngineError ? thrown : interrupted(url.host, causeOf(thrown), thrown);
  } finally {
    watch.stop();
  }
}

/** Something must prove in the end, or at once, that both halves are of the same file. */
function canGoOn({ identity, sha256 }: FetchOptions, here: number): boolean {
  const isTooLong = identity.bytes !== null && here > identity.bytes;
  return here > 0 && !isTooLong && (identity.etag ?? identity.sha256 ?? sha256) !== null;
}

type Received = RemoteAnswer & { body: NonNullable<RemoteAnswer['body']> };

async function answerFor(options: FetchOptions, from: number, watch: Watchdog): Promise<Received> {
  const { url, identity, sha256 } = options;
  const answer = await requestRemote(url, { from, identity, signal: watch.signal });
  const { body } = answer;
  if (sha256 !== null && answer.identity.sha256 !== null && answer.identity.sha256 !== sha256) {
    await body?.cancel();
    throw mismatch(answer.host, 'the hub has another file than the catalog tells of');
  }
  if (body !== null && answer.from === 0) return { ...answer, body };
  if (body !== null && isSame(answer.identity, identity)) {
    // What was told of the file before holds for all of it.
    return { ...answer, body, identity: { ...answer.identity, sha256: answer.identity.sha256 ?? identity.sha256 } };
  }
  if (from === 0) throw mismatch(answer.host, 'the server says that it ends before it begins');
  await body?.cancel();
  return answerFor(options, 0, watch);
}

function isSame(now: FileIdentity, before: FileIdentity): boolean {
  const differs = <T>(a: T | null, b: T | null) => a !== null && b !== null && a !== b;
  return ![
    differs(now.bytes, before.bytes),
    differs(now.sha256, before.sha256),
    differs(now.etag, before.etag),
  ].includes(true);
}

async function receive(
  { body, identity, from, host }: Received,
  options: FetchOptions,
  watch: Watchdog,
): Promise<void> {
  const { partial, onReceived } = options;
  const file = await openPartial(partial, from);
  try {
    let received = from;
    onReceived(received);
    const folder = dirname(partial);
    await requireSpace(folder, (identity.bytes ?? from) - from, (needed, free) => noSpace(folder, needed, free));
    watch.beat();
    for await (const chunk of body) {
      received += chunk.length;
      if (identity.bytes !== null && received > identity.bytes) throw mismatch(host, 'more came than the file has');
      await write(file, chunk, partial);
      onReceived(received);
      watch.beat();
    }
    if (identity.bytes !== null && received < identity.bytes) throw interrupted(host, 'it ended too early');
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function openPartial(path: string, from: number): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(path, from > 0 ? 'a' : 'w');
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

async function write(file: FileHandle, chunk: Uint8Array, path: string): Promise<void> {
  try {
    await file.writeFile(chunk);
  } catch (cause) {
    const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
    throw isFull ? noSpace(dirname(path), chunk.length, 0) : unwritable(path, cause);
  }
}

export async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Aborts when nothing has come for a while, or when the outer signal does. */
class Watchdog {
  readonly #stall = new AbortController();
  readonly signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly problem: EngineError,
    private readonly ms: number,
    outer: AbortSignal,
  ) {
    this.signal = AbortSignal.any([outer, this.#stall.signal]);
    this.beat();
  }

  beat(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stall.abort(this.problem), this.ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
