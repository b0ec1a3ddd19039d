import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { mismatch } from './download-errors.js';
import { sizeOf } from './fetch-into.js';

interface ExpectedFile {
  host: string;
  /** null: nobody told. */
  bytes: number | null;
  sha256: string | null;
  signal: AbortSignal;
  onProgress: (fraction: number) => void;
}

/** Small enough to hash in about a millisecond: main has other things to do. */
const CHUNK_BYTES = 512 << 10;

/** Whether what lies on the disk is the file that was wanted. @throws DOWNLOAD_MISMATCH; the signal's reason */
export async function verifyFile(
  path: string,
  { host, bytes, sha256, signal, onProgress }: ExpectedFile,
): Promise<void> {
  const size = await sizeOf(path);
  if (bytes !== null && size !== bytes) throw mismatch(host, `it has ${size} bytes instead of ${bytes}`);
  // A page of a proxy, or a sign-in: without a hash nothing else would tell.
  if (!(await isGguf(path))) throw mismatch(host, 'it is no GGUF file');
  if (sha256 === null) return;
  const hash = createHash('sha256');
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES, signal }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    done += chunk.length;
    onProgress(done / size);
  }
  if (hash.digest('hex') !== sha256) throw mismatch(host, 'its SHA-256 is another one');
}

async function isGguf(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString('latin1') === 'GGUF';
  } finally {
    await file.close();
  }
}
