import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineError } from '../errors.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { writeTinyGguf, writeTinySafetensors } from '../testing/tiny-model.js';
import { findModelFiles } from './model-files.js';
import { readSourceModel } from './source-model.js';
import { planWeights } from './weight-plan.js';

/** More than a few milliseconds for some kilobytes of header would be a way to freeze whoever opens the file. */
const SLOWEST_MS = 3000;

/** Lengths and counts at which arithmetic goes wrong. */
const LENGTHS = [0n, 1n, 2n ** 24n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];

/** What a hostile writer does to a header: other bytes, absurd lengths, pieces left out, said twice, or noise. */
const change = fc.record({
  kind: fc.constantFrom('byte', 'u32', 'u64', 'cut', 'drop', 'twice', 'noise'),
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 64 }),
  value: fc.constantFrom(...LENGTHS),
  noise: fc.uint8Array({ minLength: 1, maxLength: 64 }),
});
const changes = fc.array(change, { minLength: 1, maxLength: 5 });
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(bytes: Buffer, { kind, at, length, value, noise }: Change): Buffer {
  if (bytes.length < 16) return bytes;
  const place = at % (bytes.length - 8);
  const end = Math.min(bytes.length, place + length);
  if (kind === 'byte') bytes[place] = noise[0];
  else if (kind === 'u32') bytes.writeUInt32LE(Number(value % 2n ** 32n), place);
  else if (kind === 'u64') bytes.writeBigUInt64LE(value, place);
  else if (kind === 'noise') bytes.set(noise.subarray(0, bytes.length - place), place);
  else if (kind === 'cut') return bytes.subarray(0, place);
  else if (kind === 'drop') return Buffer.concat([bytes.subarray(0, place), bytes.subarray(end)]);
  else return Buffer.concat([bytes.subarray(0, end), bytes.subarray(place)]);
  return bytes;
}

/** Reads a model as an import does before it writes anything: whole, or refused with a code. */
async function readsOrRefuses(path: string): Promise<string> {
  const start = performance.now();
  try {
    planWeights(await readSourceModel(await findModelFiles(path)), 'default');
    return 'read';
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(EngineError);
    const { code, message, details } = thrown as EngineError;
    expect(code).toMatch(/^MODEL_/);
    // It travels to the window and into the log.
    expect(message.length + JSON.stringify(details ?? {}).length).toBeLessThan(8000);
    expect(message).toMatch(/\.$/);
    return code;
  } finally {
    expect(performance.now() - start).toBeLessThan(SLOWEST_MS);
  }
}

interface Attack<T> {
  /** Written anew each time. */
  file: string;
  modelPath: string;
  runs: number;
  damage: fc.Arbitrary<T>;
  write: (damage: T) => Buffer;
}

/** Tries many damaged versions of a file; they must get several kinds of answer, else nothing was tried. */
async function survives<T>({ file, modelPath, runs, damage, write }: Attack<T>): Promise<void> {
  const answers = new Set<string>();
  await fc.assert(
    fc.asyncProperty(damage, async (one) => {
      await writeFile(file, write(one));
      answers.add(await readsOrRefuses(modelPath));
    }),
    { numRuns: runs, endOnFailure: true },
  );
  expect(answers.size).toBeGreaterThan(1);
}

/** Changes the first bytes of a file. */
const inHeader = (whole: Buffer, headerBytes: number) => (list: Change[]) => {
  const header = list.reduce(changed, Buffer.from(whole.subarray(0, headerBytes)));
  return Buffer.concat([header, whole.subarray(headerBytes)]);
};

test('whatever a GGUF header holds, it is read or refused with a code', async () => {
  const folder = await temporaryFolder();
  const path = await writeTinyGguf(folder);
  const whole = await readFile(path);
  // Where the keys and the tensors are named; the words of the vocabulary fill most of a header.
  for (const [headerBytes, runs] of [
    [600, 1000],
    [14_000, 600],
  ]) {
    await survives({ file: path, modelPath: path, runs, damage: changes, write: inHeader(whole, headerBytes) });
  }
}, 60_000);

test('whatever a safetensors header holds, it is read or refused with a code', async () => {
  const folder = await temporaryFolder();
  await writeTinySafetensors(folder);
  const path = join(folder, 'model.safetensors');
  const whole = await readFile(path);
  const headerBytes = 8 + Number(whole.readBigUInt64LE(0));
  await survives({
    file: path,
    modelPath: folder,
    runs: 600,
    damage: changes,
    write: inHeader(whole, headerBytes),
  });

  // Sound JSON of the wrong shape gets further than damaged JSON.
  const header = JSON.parse(whole.toString('utf8', 8, headerBytes)) as Record<string, object>;
  const names = Object.keys(header);
  const entry = fc.oneof(
    fc.json().map((text) => JSON.parse(text) as unknown),
    fc.record(
      {
        dtype: fc.constantFrom('F32', 'BF16', 'I64', '', 'F8_E4M3'),
        shape: fc.array(fc.oneof(fc.nat(300), fc.maxSafeInteger(), fc.double()), { maxLength: 4 }),
        data_offsets: fc.array(fc.oneof(fc.nat(100_000), fc.maxSafeInteger()), { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
  );
  await survives({
    file: path,
    modelPath: folder,
    runs: 600,
    damage: fc.dictionary(fc.constantFrom(...names, '__proto__', '__metadata__', 'x'), entry),
    write: (other) => {
      const json = Buffer.from(JSON.stringify({ ...header, ...other }));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(json.length));
      return Buffer.concat([length, json, whole.subarray(headerBytes)]);
    },
  });
}, 60_000);

test.each(['config.json', 'tokenizer.json'])(
  'whatever JSON %s holds, it is read or refused with a code',
  async (name) => {
    const folder = await temporaryFolder();
    await writeTinySafetensors(folder);
    const path = join(folder, name);
    const whole = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    const value = fc.oneof(
      fc.json().map((text) => JSON.parse(text) as unknown),
      fc.constantFrom(0, -1, 1e308, 2 ** 31, 2 ** 53, '', 'llama', null, [], {}, true),
    );
    await survives({
      file: path,
      modelPath: folder,
      runs: 300,
      damage: fc.dictionary(fc.constantFrom(...Object.keys(whole), '__proto__'), value, { minKeys: 1, maxKeys: 3 }),
      write: (other) => Buffer.from(JSON.stringify({ ...whole, ...other })),
    });
  },
  60_000,
);
