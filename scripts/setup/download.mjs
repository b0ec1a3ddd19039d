import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sha256OfFile } from './file-hash.mjs';

const CONNECT_TIMEOUT_MS = 5_000;
const STALL_TIMEOUT_MS = 20_000;

async function sizeOf(path) {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}

/** Aborts when nothing has happened for a while; every `beat` starts the wait anew. */
function createWatchdog() {
  const controller = new AbortController();
  let timer;
  return {
    signal: controller.signal,
    beat(timeoutMs) {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(new Error(`no answer for ${timeoutMs / 1000} s`)), timeoutMs);
    },
    stop: () => clearTimeout(timer),
  };
}

/** Names the cause that fetch hides behind "fetch failed". */
function readableError(url, error) {
  const cause = error.cause?.code ?? error.cause?.message ?? error.message;
  return new Error(`${new URL(url).host}: ${cause}`, { cause: error });
}

/** Where the answer's first byte belongs: the requested offset if the server took it, else the start. */
function answeredOffset(response, requested) {
  if (response.status !== 206) return 0;
  const match = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  if (!match || Number(match[1]) !== requested) throw new Error('the server answered with another part of the file');
  return requested;
}

/**
 * Appends what is missing of `url` to `partial`; a server that cannot resume makes it start over.
 * @param {string} url
 * @param {string} partial
 * @param {{ onProgress?: (fraction: number) => void, connectTimeoutMs?: number, stallTimeoutMs?: number }} options
 */
async function fetchInto(url, partial, { onProgress, connectTimeoutMs, stallTimeoutMs }) {
  const requested = await sizeOf(partial);
  const watchdog = createWatchdog();
  watchdog.beat(connectTimeoutMs);
  try {
    const headers = requested > 0 ? { range: `bytes=${requested}-` } : {};
    const response = await fetch(url, { headers, signal: watchdog.signal });
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    let received = answeredOffset(response, requested);
    const total = received + Number(response.headers.get('content-length') ?? Number.NaN);
    const count = async function* (chunks) {
      for await (const chunk of chunks) {
        watchdog.beat(stallTimeoutMs);
        received += chunk.length;
        if (total > 0) onProgress?.(received / total);
        yield chunk;
      }
    };
    await pipeline(
      Readable.fromWeb(response.body),
      count,
      createWriteStream(partial, { flags: received > 0 ? 'a' : 'w' }),
    );
  } catch (error) {
    throw readableError(url, error);
  } finally {
    watchdog.stop();
  }
}

async function flushToDisk(path) {
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
}

/**
 * Gives `partial` its final name if it is the wanted file; a wrong one is removed.
 * @returns {Promise<boolean>} whether it was
 */
export async function acceptIfGenuine(partial, target, { bytes, sha256 }) {
  if ((await sizeOf(partial)) !== bytes || (await sha256OfFile(partial)) !== sha256) {
    await rm(partial, { force: true });
    return false;
  }
  await flushToDisk(partial);
  await rename(partial, target);
  return true;
}

/**
 * Downloads a file whose size and SHA-256 are known. An interrupted download goes on where it stopped; the target
 * appears only when it is whole and genuine.
 * @param {string} url
 * @param {string} target
 * @param {{ bytes: number, sha256: string, onProgress?: (fraction: number) => void, connectTimeoutMs?: number, stallTimeoutMs?: number }} options
 * @throws {Error} naming the host and the cause
 */
export async function downloadFile(url, target, options) {
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, stallTimeoutMs = STALL_TIMEOUT_MS } = options;
  const partial = `${target}.partial`;
  await mkdir(dirname(target), { recursive: true });
  if ((await sizeOf(partial)) > options.bytes) await rm(partial);
  const resumed = (await sizeOf(partial)) > 0;
  if ((await sizeOf(partial)) < options.bytes)
    await fetchInto(url, partial, { ...options, connectTimeoutMs, stallTimeoutMs });
  if (await acceptIfGenuine(partial, target, options)) return;
  if (resumed) {
    // The first half may have come from another server's file: once more from the start.
    await fetchInto(url, partial, { ...options, connectTimeoutMs, stallTimeoutMs });
    if (await acceptIfGenuine(partial, target, options)) return;
  }
  throw new Error(`${new URL(url).host}: the file's SHA-256 is not the expected one`);
}

/**
 * Downloads a file that the caller verifies.
 * @param {string} url
 * @param {string} target
 * @param {(fraction: number) => void} onProgress
 */
export async function downloadUnverified(url, target, onProgress) {
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { force: true });
  await fetchInto(url, target, { onProgress, connectTimeoutMs: CONNECT_TIMEOUT_MS, stallTimeoutMs: STALL_TIMEOUT_MS });
}
