import { type FileHandle, open } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { type ChatOutline, type ChatSnapshot, chatOutline, type Fill } from './chat-snapshot.js';

/**
 * A file is: MAGIC; version and length of the header, uint32; the header, JSON; its CRC-32 with all before it; the
 * arrays, one after the other; their CRC-32. Numbers are little-endian, as on every processor that the app runs on.
 */
const MAGIC = Buffer.from('PYRAMIDC');
const VERSION = 1;
const PREFIX_BYTES = MAGIC.length + 8;
const CHECKSUM_BYTES = 4;
const MOST_HEADER_BYTES = 64 << 20;

/** What a snapshot can be taken up by, and nothing else. */
const binding = z.strictObject({
  chat: z.string(),
  /** As it was converted: on that it depends what keys and values are. */
  model: z.string(),
  /** A hash of what each preset stands for. */
  presets: z.string(),
});
export type Binding = z.infer<typeof binding>;

const header = z.strictObject({ binding, arrayBytes: z.int().min(0), outline: chatOutline });

/** Why the file cannot be used; it never will be. */
export class UselessSnapshot extends Error {}

/** The file's beginning, as the memory is now, for arrays that are written later. */
export function snapshotHead(bound: Binding, { outline, arrays }: ChatSnapshot): Buffer {
  const arrayBytes = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const text = Buffer.from(JSON.stringify({ binding: bound, arrayBytes, outline } satisfies z.input<typeof header>));
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32LE(VERSION, 0);
  numbers.writeUInt32LE(text.length, 4);
  const head = Buffer.concat([MAGIC, numbers, text]);
  return Buffer.concat([head, checksum(crc32(head))]);
}

/** On the disk when it resolves. @param path of a file that is not there yet; for nobody but its owner to read */
export async function writeSnapshot(path: string, head: Buffer, arrays: Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(head);
    let crc = 0;
    for (const array of arrays) {
      crc = crc32(array, crc);
      await file.writeFile(array);
    }
    await file.writeFile(checksum(crc));
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * @param resume makes a memory of the outline, and has each of its arrays filled; null: it is not wanted
 * @param discard gets what was made where the arrays turn out to be damaged
 * @throws UselessSnapshot; what the system says; what `resume` throws
 */
export async function readSnapshot<T>(
  path: string,
  bound: Binding,
  resume: (outline: ChatOutline, fill: Fill) => Promise<T>,
  discard: (made: NonNullable<T>) => void,
): Promise<T> {
  const file = await open(path);
  try {
    const { outline, arraysAt } = await readHead(file, bound);
    let [at, crc] = [arraysAt, 0];
    const made = await resume(outline, async (array) => {
      await readInto(file, array, at);
      at += array.byteLength;
      crc = crc32(array, crc);
    });
    if (!made || (await hasChecksum(file, at, crc))) return made;
    discard(made);
    throw new UselessSnapshot('it is damaged');
  } finally {
    await file.close();
  }
}

async function readHead(file: FileHandle, bound: Binding): Promise<{ outline: ChatOutline; arraysAt: number }> {
  const prefix = await readInto(file, Buffer.alloc(PREFIX_BYTES), 0);
  if (!prefix.subarray(0, MAGIC.length).equals(MAGIC)) throw new UselessSnapshot('it is something else');
  if (prefix.readUInt32LE(MAGIC.length) !== VERSION) throw new UselessSnapshot('it is of another version of the app');
  const length = prefix.readUInt32LE(MAGIC.length + 4);
  if (length > MOST_HEADER_BYTES) throw new UselessSnapshot('it is damaged');
  const text = await readInto(file, Buffer.alloc(length), PREFIX_BYTES);
  const end = PREFIX_BYTES + length;
  if (!(await hasChecksum(file, end, crc32(text, crc32(prefix))))) throw new UselessSnapshot('it is damaged');
  const { arrayBytes, outline, binding: found } = parsedHeader(text.toString());
  if (!isDeepStrictEqual(found, bound))
    throw new UselessSnapshot('it is of another model or conversion, or of other presets');
  const arraysAt = end + CHECKSUM_BYTES;
  if ((await file.stat()).size !== arraysAt + arrayBytes + CHECKSUM_BYTES) throw new UselessSnapshot('it is damaged');
  return { outline, arraysAt };
}

function parsedHeader(text: string): z.output<typeof header> {
  try {
    return header.parse(JSON.parse(text));
  } catch {
    throw new UselessSnapshot('it is damaged');
  }
}

async function readInto<Bytes extends Uint8Array>(file: FileHandle, bytes: Bytes, position: number): Promise<Bytes> {
  for (let done = 0; done < bytes.byteLength; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.byteLength - done, position + done);
    if (bytesRead === 0) throw new UselessSnapshot('it is damaged');
    done += bytesRead;
  }
  return bytes;
}

async function hasChecksum(file: FileHandle, position: number, crc: number): Promise<boolean> {
  return (await readInto(file, Buffer.alloc(CHECKSUM_BYTES), position)).equals(checksum(crc));
}

function checksum(crc: number): Buffer {
  const bytes = Buffer.alloc(CHECKSUM_BYTES);
  bytes.writeUInt32LE(crc);
  return bytes;
}
