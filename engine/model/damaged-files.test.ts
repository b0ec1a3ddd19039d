import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineError } from '../errors.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { writeTinyGguf, writeTinySafetensors } from '../testing/tiny-model.js';
import { inspectModel } from './inspect-model.js';

/** Where headers lie; bytes of weights may have any value. */
const HEADER_BYTES = 12_000;

const damage = fc.array(fc.tuple(fc.nat(HEADER_BYTES), fc.integer({ min: 1, max: 255 })), {
  minLength: 1,
  maxLength: 4,
});

/** What a model with some bytes of one of its files changed gets: it is read, or refused with a code. */
async function survivesDamage(folder: string, modelPath: string, file: string): Promise<void> {
  const whole = await readFile(file);
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, difference] of changes) bytes[at % Math.min(bytes.length, HEADER_BYTES)] ^= difference;
      await writeFile(file, bytes);
      try {
        await inspectModel(modelPath, join(folder, 'cache'));
      } catch (thrown) {
        refused++;
        expect(thrown).toBeInstanceOf(EngineError);
        expect((thrown as EngineError).code).toMatch(/^MODEL_/);
      }
    }),
    { numRuns: 60 },
  );
  expect(refused).toBeGreaterThan(0);
}

test('a damaged GGUF header is read or refused, whatever has changed', async () => {
  const folder = await temporaryFolder();
  const path = await writeTinyGguf(folder);
  await survivesDamage(folder, path, path);
});

test.each(['model.safetensors', 'config.json', 'tokenizer.json', 'tokenizer_config.json'])(
  'a folder with a damaged %s is read or refused, whatever has changed',
  async (name) => {
    const folder = await temporaryFolder();
    await writeTinySafetensors(folder);
    await survivesDamage(folder, folder, join(folder, name));
  },
);
