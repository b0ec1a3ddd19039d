import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompressionConfig } from '../kv/compression-config.js';
import { randomTokens } from '../testing/follow-oracle.js';
import { type LoadedModel, readWhole } from '../testing/load-model.js';
import { heldPlaces, loadTinyModel, STEEP_PYRAMID } from '../testing/tiny-loaded.js';
import type { ChatMemory } from './chat-memory.js';

let model: LoadedModel;
beforeAll(async () => {
  model = await loadTinyModel({ layers: 4 });
});
afterAll(() => model.release());

const [prompt, other, answer] = [randomTokens(320, 1), randomTokens(60, 2), randomTokens(50, 3)];

/** Logits behind a prompt and behind each token of an answer. */
async function answered(memory: ChatMemory, text: readonly number[]): Promise<Float32Array[]> {
  const logits = [await readWhole(memory, text)];
  for (const token of answer) logits.push(Float32Array.from(await memory.append(token)));
  return logits;
}

describe.each<[string, CompressionConfig]>([
  ['a full float32 cache', { kvType: 'float32', policy: { name: 'full' } }],
  ['a full int8 cache', { kvType: 'int8', policy: { name: 'full' } }],
  ['pyramidInfer in int8', { kvType: 'int8', policy: { name: 'pyramidInfer', ...STEEP_PYRAMID } }],
  ['snapKv in int8', { kvType: 'int8', policy: { name: 'snapKv', share: 0.4, sinkLength: 4, scoreRows: 16, pool: 5 } }],
])('the same prompt asked again, with %s', (_, config) => {
  it('gives the same bits, after any answer', async () => {
    const memory = await model.memory(config);
    const first = await answered(memory, prompt);
    const held = heldPlaces(memory);
    // Values far from those of text make int8 round what was there anew; they must leave no trace.
    for (const token of [...randomTokens(20, 4), 0, 1, 2, 0, 1, 2]) await memory.append(token);
    expect(await answered(memory, prompt)).toEqual(first);
    expect(heldPlaces(memory)).toEqual(held);
  });

  it('gives the same bits in a second turn, too', async () => {
    const memory = await model.memory(config);
    await answered(memory, prompt);
    const second = [...memory.tokens, ...other];
    const first = await answered(memory, second);
    expect(await answered(memory, second)).toEqual(first);
  });

  it('gives the bits of a chat that began with it', async () => {
    const memory = await model.memory(config);
    await answered(memory, other);
    const fresh = await model.memory(config);
    expect(await answered(memory, prompt)).toEqual(await answered(fresh, prompt));
  });

  it('gives them once the chat was cleared', async () => {
    const memory = await model.memory(config);
    const first = await answered(memory, prompt);
    memory.clear();
    expect(memory.stats()).toMatchObject({ tokensSeen: 0, bytesInUse: 0, bytesAllocated: 0 });
    expect(await answered(memory, prompt)).toEqual(first);
  });
});
