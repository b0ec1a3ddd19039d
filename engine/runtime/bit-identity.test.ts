import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomTokens } from '../testing/follow-oracle.js';
import { type LoadedModel, readWhole } from '../testing/load-model.js';
import { loadTinyModel } from '../testing/tiny-loaded.js';
import { chunkLengths, PREFILL_CHUNK } from './reading/prefill.js';

let model: LoadedModel;
beforeAll(async () => {
  model = await loadTinyModel({ layers: 3 });
});
afterAll(() => model.release());

/** Logits after the prompt and each further token, all layers at once, without any policy. */
async function plain(prompt: readonly number[], answer: readonly number[]): Promise<Float32Array[]> {
  const { decoder } = await model.decoder();
  let place = 0;
  let logits = new Float32Array();
  for (const length of chunkLengths(prompt.length, PREFILL_CHUNK)) {
    logits = Float32Array.from(await decoder.run(prompt.slice(place, place + length), place));
    place += length;
  }
  const rows = [logits];
  for (const token of answer) rows.push(Float32Array.from(await decoder.run([token], place++)));
  return rows;
}

async function withoutCompression(
  turns: readonly (readonly number[])[],
  answer: readonly number[],
): Promise<Float32Array[]> {
  const memory = await model.memory({ kvType: 'float32', policy: { name: 'full' } });
  let logits = new Float32Array();
  for (const turn of turns) logits = Float32Array.from(await readWhole(memory, [...memory.tokens, ...turn]));
  const rows = [logits];
  for (const token of answer) rows.push(Float32Array.from(await memory.append(token)));
  return rows;
}

it.each([2, 100, 256, 257, 300, 512, 513, 700])(
  'with compression off, %i tokens give the bits that the whole model gives without any policy',
  async (length) => {
    const [prompt, answer] = [randomTokens(length, 1), randomTokens(5, 2)];
    expect(await withoutCompression([prompt], answer)).toEqual(await plain(prompt, answer));
  },
  30_000,
);

it('a second turn gives the bits of one prompt with both, where chunks fall alike', async () => {
  const [first, second, answer] = [randomTokens(256, 3), randomTokens(200, 4), randomTokens(3, 5)];
  expect(await withoutCompression([first, second], answer)).toEqual(await plain([...first, ...second], answer));
});

it('a policy that has nothing to drop yet changes no bit', async () => {
  const [prompt, answer] = [randomTokens(200, 6), randomTokens(5, 7)];
  const memory = await model.memory({ kvType: 'float32', policy: { name: 'h2o', share: 0.2, sinkLength: 4 } });
  const rows = [await readWhole(memory, prompt)];
  for (const token of answer) rows.push(Float32Array.from(await memory.append(token)));
  expect(rows).toEqual(await plain(prompt, answer));
});
