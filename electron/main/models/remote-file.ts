import { EngineError } from '../../../engine/errors.js';
import { interrupted, mismatch, refused } from './download-errors.js';
import { redirectTarget } from './hub-address.js';

/** What tells a version of a file from others. */
export interface FileIdentity {
  /** Strong, of the server that sends the bytes. */
  etag: string | null;
  /** As the hub tells it: SHA-256, hex. */
  sha256: string | null;
  bytes: number | null;
}

export const UNKNOWN: FileIdentity = { etag: null, sha256: null, bytes: null };

export interface RemoteAnswer {
  identity: FileIdentity;
  /** Where in the file `body` begins: 0 also where the server did not go on from where it was asked to. */
  from: number;
  /** null: what was asked for lies behind the file's end. */
  body: ReadableStream<Uint8Array> | null;
  host: string;
}

interface RemoteRequest {
  /** Bytes that are here already, of the file that `identity` tells. */
  from: number;
  identity: FileIdentity;
  signal: AbortSignal;
}

const MAX_REDIRECTS = 6;
const SHA256 = /^"?([0-9a-f]{64})"?$/;

/**
 * Asks for a file from some byte on.
 * @throws DOWNLOAD_REFUSED, DOWNLOAD_INTERRUPTED, DOWNLOAD_MISMATCH; the signal's reason
 */
export async function requestRemote(start: URL, { from, identity, signal }: RemoteRequest): Promise<RemoteAnswer> {
  const headers = {
    // Packed on the way, neither lengths nor ranges would be those of the file.
    'accept-encoding': 'identity',
    ...(from > 0 && { range: `bytes=${from}-`, ...(identity.etag !== null && { 'if-range': identity.etag }) }),
  };
  let url = start;
  let told = UNKNOWN;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await ask(url, headers, signal);
    told = { ...told, ...toldByHub(response.headers) };
    if (response.status < 300 || response.status >= 400) return answerOf(response, url.host, from, told);
    await response.body?.cancel();
    url = redirectTarget(url, response.headers.get('location'));
  }
  const message = `${start.host} sends on from address to address without end. Try again later, or another address for downloads.`;
  throw new EngineError('DOWNLOAD_REFUSED', message, { host: start.host });
}

async function ask(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { headers, signal, redirect: 'manual' });
  } catch (thrown) {
    signal.throwIfAborted();
    throw interrupted(url.host, causeOf(thrown), thrown);
  }
}

/** fetch hides the cause behind "fetch failed". */
export function causeOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}

/** The hub describes its large files in headers of its own, before it sends on to where they lie. */
function toldByHub(headers: Headers): Partial<FileIdentity> {
  const sha256 = SHA256.exec(headers.get('x-linked-etag') ?? '')?.[1];
  const bytes = lengthOf(headers.get('x-linked-size'));
  return { ...(sha256 && { sha256 }), ...(bytes !== null && { bytes }) };
}

async function answerOf(response: Response, host: string, from: number, told: FileIdentity): Promise<RemoteAnswer> {
  const { status, headers, body } = response;
  try {
    if (status === 416) return { identity: told, from: 0, body: null, host };
    if (status !== 200 && status !== 206) throw failureOf(response, host);
    if (body === null) throw interrupted(host, 'the answer is empty');
    if (!['', 'identity'].includes(headers.get('content-encoding') ?? '')) throw mismatch(host, 'it came packed');
    const range = status === 206 ? rangeOf(headers.get('content-range'), host) : null;
    if (range && range.from !== from) throw mismatch(host, 'another part of it came than was asked for');
    const bytes = range ? range.total : lengthOf(headers.get('content-length'));
    if (told.bytes !== null && bytes !== null && bytes !== told.bytes) {
      throw mismatch(host, `it would have ${bytes} bytes, but the hub tells of ${told.bytes}`);
    }
    const etag = headers.get('etag');
    const identity = { ...told, bytes: bytes ?? told.bytes, etag: etag?.startsWith('"') ? etag : null };
    return { identity, from: range?.from ?? 0, body, host };
  } catch (thrown) {
    await body?.cancel();
    throw thrown;
  }
}

function failureOf({ status, headers }: Response, host: string): EngineError {
  if (status === 408 || status >= 500) return interrupted(host, `it answered HTTP ${status}`);
  return refused(host, status, lengthOf(headers.get('retry-after')));
}

function rangeOf(header: string | null, host: string): { from: number; total: number } {
  const match = /^bytes (\d+)-\d+\/(\d+)$/.exec(header ?? '');
  if (!match) throw mismatch(host, 'it does not say which part of it came');
  return { from: Number(match[1]), total: Number(match[2]) };
}

function lengthOf(header: string | null): number | null {
  return header !== null && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
