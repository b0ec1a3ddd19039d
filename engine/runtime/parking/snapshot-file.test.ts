import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { SmallDisk } from '../../testing/small-disk.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import type { ChatSnapshot } from './chat-snapshot.js';
import { readSnapshot, snapshotHead, UselessSnapshot, writeSnapshot } from './snapshot-file.js';

const BOUND = { chat: 'a', model: 'b', presets: 'c' };
const ARRAYS = [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.from({ length: 40 }, (_, i) => i)];
const SNAPSHOT: ChatSnapshot = {
  outline: {
    compression: { preset: 'faithful' },
    kvType: 'int8',
    tokens: 3,
    promptEnd: 2,
    promptLogits: 0,
    policyTokens: 2,
    computeFraction: 0.5,
    pinned: [{ from: 0, to: 1 }],
    losses: { history: [], turns: [0], turn: 1, attention: [null, 0.25] },
    layers: [],
  },
  arrays: ARRAYS,
};

async function written(): Promise<string> {
  const path = join(await temporaryFolder(), 'chat');
  await writeSnapshot(path, snapshotHead(BOUND, SNAPSHOT), SNAPSHOT.arrays);
  return path;
}

/** What is read of a file: its outline and arrays, of the lengths that were written. */
async function read(path: string, bound = BOUND) {
  const discarded: unknown[] = [];
  const made = readSnapshot(
    path,
    bound,
    async (outline, fill) => {
      const arrays = ARRAYS.map(({ length }) => new Uint8Array(length));
      for (const array of arrays) await fill(array);
      return { outline, arrays };
    },
    (one) => discarded.push(one),
  );
  return made.catch((thrown: unknown) => {
    if (thrown instanceof UselessSnapshot) return { useless: thrown.message, discarded: discarded.length };
    throw thrown;
  });
}

it('gives back what was written, to its owner alone', async () => {
  const path = await written();
  expect(await read(path)).toEqual(SNAPSHOT);
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('notices any byte that changed', async () => {
  const path = await written();
  const whole = await readFile(path);
  const outcomes = new Set<number>();
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] ^= 1 << (at % 8);
    await writeFile(path, damaged);
    const outcome = await read(path);
    expect(outcome, `byte ${at}`).toHaveProperty('useless');
    if ('discarded' in outcome) outcomes.add(outcome.discarded);
  }
  // Damaged arrays are found out once a memory was made of them, which then goes.
  expect(outcomes).toEqual(new Set([0, 1]));
});

it('notices where it was cut short or went on', async () => {
  const path = await written();
  const whole = await readFile(path);
  for (let length = 0; length < whole.length; length++) {
    await writeFile(path, whole.subarray(0, length));
    expect(await read(path), `${length} bytes`).toHaveProperty('useless');
  }
  await writeFile(path, Buffer.concat([whole, Buffer.alloc(1)]));
  expect(await read(path)).toHaveProperty('useless');
});

it.each(['chat', 'model', 'presets'] as const)('is of no use where another %s is asked for', async (what) => {
  const outcome = await read(await written(), { ...BOUND, [what]: 'other' });
  expect(outcome).toMatchObject({ useless: expect.stringContaining('of another') });
});

it('of another version, or none of ours, says so', async () => {
  const path = await written();
  const whole = await readFile(path);
  whole.writeUInt32LE(2, 8);
  await writeFile(path, whole);
  expect(await read(path)).toMatchObject({ useless: expect.stringContaining('another version') });
  await writeFile(path, 'GGUF, or anything else that lies there');
  expect(await read(path)).toMatchObject({ useless: 'it is something else' });
});

it('with a header that makes no sense, under a right checksum, is of no use', async () => {
  const path = await written();
  for (const text of ['{"binding": 1}', 'no JSON']) {
    const numbers = Buffer.alloc(8);
    numbers.writeUInt32LE(1, 0);
    numbers.writeUInt32LE(text.length, 4);
    const head = Buffer.concat([Buffer.from('PYRAMIDC'), numbers, Buffer.from(text)]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(head));
    await writeFile(path, Buffer.concat([head, sum, Buffer.alloc(8)]));
    expect(await read(path)).toMatchObject({ useless: 'it is damaged' });
  }
});

it('that cannot be read fails as the system says', async () => {
  await expect(read(join(await temporaryFolder(), 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(read(await temporaryFolder())).rejects.toMatchObject({ code: 'EISDIR' });
});

it('on a disk that becomes full while it is written fails as the system says', async ({ skip }) => {
  const disk = await SmallDisk.make(256 << 10);
  if (!disk) return skip('Nothing can be mounted here.');
  onTestFinished(() => disk.remove());
  const arrays = function* () {
    yield new Uint8Array(1000);
    disk.fill();
    yield new Uint8Array(100_000);
  };
  const writing = writeSnapshot(join(disk.outside, 'chat'), snapshotHead(BOUND, SNAPSHOT), arrays());
  await expect(writing).rejects.toMatchObject({ code: 'ENOSPC' });
});
