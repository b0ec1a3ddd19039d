import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgetCompression, type Compression, fixedCompression } from '../../kv/compression.js';
import type { PolicyConfig } from '../../kv/compression-config.js';
import { presetConfig } from '../../kv/presets.js';
import { randomTokens } from '../../testing/follow-oracle.js';
import { type LoadedModel, readWhole } from '../../testing/load-model.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { heldPlaces, loadTinyModel, STEEP_PYRAMID } from '../../testing/tiny-loaded.js';
import type { KvType } from '../../types.js';
import { ChatMemory } from '../chat-memory.js';
import { readSnapshot, snapshotHead, writeSnapshot } from './snapshot-file.js';

const CONTEXT = 1024;
const LAYERS = 4;
const ELEMENTS = 2 * 2 * 16;
const BOUND = { chat: 'a', model: 'b', presets: 'c' };

let model: LoadedModel;
beforeAll(async () => {
  model = await loadTinyModel({ layers: LAYERS, contextLength: CONTEXT });
});
afterAll(() => model.release());

const create = (compression: Compression) => ChatMemory.create(model.sessions, compression, CONTEXT);

/** Another memory that is as this one was, which is forgotten. */
async function parked(memory: ChatMemory): Promise<ChatMemory> {
  const snapshot = memory.snapshot();
  if (!snapshot) throw new Error('There is nothing to park.');
  const path = join(await temporaryFolder(), 'chat');
  await writeSnapshot(path, snapshotHead(BOUND, snapshot), snapshot.arrays);
  const { compression } = memory;
  memory.release();
  return readSnapshot(
    path,
    BOUND,
    async (outline, fill) => {
      const made = await create(compression);
      await made.resume(outline, fill);
      return made;
    },
    (made) => made.release(),
  );
}

const config = (policy: PolicyConfig, kvType: KvType) =>
  fixedCompression({ preset: 'off' }, { kvType, policy }, LAYERS);

function budget(): Compression {
  const presets: PolicyConfig[] = [{ name: 'full' }];
  for (const name of ['faithful', 'balanced', 'compact'] as const) {
    presets.push(presetConfig(name, { hash: '', numLayers: LAYERS }).policy);
  }
  const bytes = { numLayers: LAYERS, contextLength: CONTEXT, bytesPerToken: ELEMENTS, scaleBytes: 4 * ELEMENTS };
  return budgetCompression(90_000, presets, bytes);
}

const SHARED = { share: 0.4, sinkLength: 4, scoreRows: 16, pool: 5 } as const;
const CASES: [string, () => Compression][] = [
  ['a full float32 cache', () => config({ name: 'full' }, 'float32')],
  ['a full int8 cache', () => config({ name: 'full' }, 'int8')],
  ['pyramidInfer in float32', () => config({ name: 'pyramidInfer', ...STEEP_PYRAMID }, 'float32')],
  ['pyramidInfer in int8', () => config({ name: 'pyramidInfer', ...STEEP_PYRAMID }, 'int8')],
  ['heads of their own in int8', () => config(presetConfig('compact', { hash: '', numLayers: 4 }).policy, 'int8')],
  ['snapKv in int8', () => config({ name: 'snapKv', ...SHARED }, 'int8')],
  ['pyramidKv in int8', () => config({ name: 'pyramidKv', ...SHARED, taper: 0.5 }, 'int8')],
  ['streamingLlm in float32', () => config({ name: 'streamingLlm', share: 0.4, sinkLength: 4 }, 'float32')],
  ['h2o in int8', () => config({ name: 'h2o', share: 0.4, sinkLength: 4 }, 'int8')],
  ['a budget', budget],
];

const [first, more, answer] = [randomTokens(320, 1), randomTokens(60, 2), randomTokens(30, 3)];
const PINS = [{ from: 20, to: 40 }];

/** What happens to a chat, each step with the logits it gave; `between` comes after each turn. */
async function chat(compression: Compression, between: (memory: ChatMemory) => Promise<ChatMemory>) {
  let memory = await create(compression);
  const seen: unknown[] = [];
  const read = async (prompt: readonly number[], turn: number) => {
    const steps = memory.read(prompt, { pinned: PINS, turn });
    for (let step = await steps.next(); ; step = await steps.next()) {
      seen.push(step.done ? Float32Array.from(step.value) : step.value);
      if (step.done) return;
    }
  };
  const write = async (tokens: readonly number[]) => {
    for (const token of tokens) seen.push(Float32Array.from(await memory.append(token)));
  };
  const turn = async (prompt: readonly number[], number: number, words: readonly number[]) => {
    await read(prompt, number);
    await write(words);
    memory = await between(memory);
    seen.push(memory.stats(), memory.survival(), heldPlaces(memory), [...memory.tokens]);
  };
  // Values far from those of text make int8 round what was there anew.
  await turn(first, 1, [...answer, 0, 1, 2, 0, 1, 2]);
  await turn(first, 1, answer);
  const second = [...memory.tokens, ...more];
  await turn(second, 2, [...answer, 0, 1, 2]);
  await turn(second, 2, answer);
  await turn([...first.slice(0, 200), ...more], 2, answer);
  memory.release();
  return seen;
}

describe.each(CASES)('a chat under %s', (_, compression) => {
  it('goes on to the bit, asked again, in later turns and after an edit, as if it had never been parked', async () => {
    const undisturbed = await chat(compression(), (memory) => Promise.resolve(memory));
    expect(await chat(compression(), parked)).toEqual(undisturbed);
  });
});

it('that was stopped while it read is parked as it was before', async () => {
  const compression = config({ name: 'full' }, 'int8');
  const memory = await create(compression);
  await readWhole(memory, first);
  const before = memory.stats();
  const steps = memory.read([...first, ...more]);
  await steps.next();
  expect(memory.snapshot()).toBeNull();
  await steps.return(new Float32Array());
  const again = await parked(memory);
  expect(again.stats()).toEqual({ ...before, bytesAllocated: expect.any(Number), layers: expect.any(Array) });
  expect([...again.tokens]).toEqual(first);
  again.release();
});
