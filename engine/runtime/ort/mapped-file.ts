import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import koffi from 'koffi';
import { EngineError } from '../../errors.js';
import { loadLibrary } from './native-library.js';

/** A file's bytes in memory, for native code to read. */
export interface MappedFile {
  readonly address: bigint;
  /** Gives pages back to the system that were read in; they are read again when somebody looks at them. */
  trim(): void;
  release(): void;
}

const PROT_READ = 1;
const MAP_PRIVATE = 2;
const MADV_DONTNEED = 4;
const MAP_FAILED = -1;

/**
 * Maps a file where the system can (POSIX): its pages then belong to the system's cache, not to the process. On Windows
 * it is read into memory.
 *
 * @throws EngineError MODEL_FILE_UNREADABLE, OUT_OF_MEMORY
 */
export function mapFile(path: string): MappedFile {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    return process.platform === 'win32' ? readWhole(file, size) : mapWhole(file, size);
  } finally {
    closeSync(file);
  }
}

function mapWhole(file: number, size: number): MappedFile {
  // The C library's own functions, found in the running program.
  const libc = loadLibrary(null);
  const mmap = libc.func('intptr_t mmap(void *, size_t, int, int, int, int64_t)');
  const madvise = libc.func('int madvise(intptr_t, size_t, int)');
  const munmap = libc.func('int munmap(intptr_t, size_t)');
  const address: number | bigint = mmap(null, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (Number(address) === MAP_FAILED)
    throw new EngineError('OUT_OF_MEMORY', `No room to map ${size} bytes of weights. Close other programs.`);
  return {
    address: BigInt(address),
    trim: () => void madvise(address, size, MADV_DONTNEED),
    release: () => void munmap(address, size),
  };
}

function readWhole(file: number, size: number): MappedFile {
  const bytes = new Uint8Array(new ArrayBuffer(size));
  for (let done = 0; done < size; ) {
    const read = readSync(file, bytes, done, Math.min(size - done, 1 << 30), done);
    if (read === 0)
      throw new EngineError('MODEL_FILE_UNREADABLE', 'The converted model is shorter than it was. Load it again.');
    done += read;
  }
  return {
    address: koffi.address(bytes),
    // Named here so that the memory lives as long as this object.
    trim: () => void bytes.byteLength,
    release: () => void bytes.byteLength,
  };
}
