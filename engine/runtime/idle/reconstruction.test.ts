import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KvCache } from '../../kv/kv-cache.js';
import { seededRandom } from '../../sampling/random.js';
import { type LoadedModel, readWhole } from '../../testing/load-model.js';
import { heldPlaces, loadTinyModel, STEEP_PYRAMID } from '../../testing/tiny-loaded.js';
import { TINY_SHAPE } from '../../testing/tiny-model.js';
import type { RepeatPrompt } from '../../text/repeat-prompt.js';
import type { KvType } from '../../types.js';
import type { ChatMemory } from '../chat-memory.js';
import { hostValues } from '../ort/session.js';
import { createDecoder } from '../writing/create-decoder.js';
import { type CompactingProgress, Reconstruction } from './reconstruction.js';

const CONTEXT = 1024;
const LAYERS = 3;
const REPEAT: RepeatPrompt = { start: [5, 6, 7, 8], goOn: [9, 10, 11] };
const random = seededRandom(3);
const text = (tokens: number) => Array.from({ length: tokens }, () => 1 + Math.floor(random() * 40));

let model: LoadedModel;
beforeAll(async () => {
  model = await loadTinyModel({ layers: LAYERS, contextLength: CONTEXT });
});
afterAll(() => model.release());

async function read(tokens: readonly number[], steep: boolean, kvType: KvType = 'float32'): Promise<ChatMemory> {
  const policy = steep ? ({ name: 'pyramidInfer', ...STEEP_PYRAMID } as const) : ({ name: 'full' } as const);
  const memory = await model.memory({ kvType, policy });
  await readWhole(memory, tokens);
  return memory;
}

async function compact(memory: ChatMemory, share: number): Promise<void> {
  for await (const _ of memory.compact(share, REPEAT));
}

/** Where in a pass one stops. */
type Place = (slices: number, progress: CompactingProgress | null) => boolean;
const slicesDone =
  (wanted: number): Place =>
  (slices) =>
    slices === wanted;
/** In the last layer … */
const looking: Place = (_, progress) => progress?.done === LAYERS - 1;
/** … and behind it, while it is decided what stays. */
const choosing: Place = (_, progress) => progress?.done === progress?.total;

const held = (memory: ChatMemory) => heldPlaces(memory).flat(2).length;

describe('what a cached row is worth', () => {
  it('is the largest attention it gets while the text is said again, as the whole model in one run gives it', async () => {
    const tokens = text(90);
    const { numHeads, numKvHeads, headDim } = TINY_SHAPE;
    const cache = new KvCache(model.model.config, CONTEXT, 'float32');
    const decoder = await createDecoder(model.sessions, cache);
    await decoder.run(tokens, 0);
    const steps = new Reconstruction({ sessions: model.sessions, cache, prompt: REPEAT }, tokens).run();
    let step = await steps.next();
    while (!step.done) step = await steps.next();
    const again = [...REPEAT.start, ...tokens];
    await decoder.run(again, tokens.length);
    for (let layer = 0; layer < LAYERS; layer++) {
      const keys = cache.keys(layer);
      const capacity = keys.dims[2];
      const groupSize = numHeads / numKvHeads;
      for (let kvHead = 0; kvHead < numKvHeads; kvHead++) {
        const peaks = new Float32Array(tokens.length);
        for (let head = kvHead * groupSize; head < (kvHead + 1) * groupSize; head++) {
          for (let row = 0; row < again.length; row++) {
            const weights = Float64Array.from({ length: tokens.length + row + 1 }, (_, key) => {
              const query = decoder.queries(layer).subarray((row * numHeads + head) * headDim);
              const at = (kvHead * capacity + key) * headDim;
              let product = 0;
              for (let i = 0; i < headDim; i++) product += query[i] * Number(hostValues(keys)[at + i]);
              return Math.exp(product / Math.sqrt(headDim));
            });
            const all = weights.reduce((sum, weight) => sum + weight, 0);
            peaks.forEach((peak, key) => {
              peaks[key] = Math.max(peak, weights[key] / all);
            });
          }
        }
        const found = step.value[layer].scores[kvHead];
        peaks.forEach((peak, key) => {
          expect(found[key]).toBeCloseTo(peak, 5);
        });
      }
    }
    decoder.release();
  });
});

describe('a compacted memory', () => {
  it.each([0.8, 0.5, 0.25])('holds at most %f of all tokens, the newest and the first among them', async (share) => {
    const memory = await read(text(400), false);
    await compact(memory, share);
    expect(held(memory)).toBeLessThanOrEqual(share * 400 * LAYERS * TINY_SHAPE.numKvHeads);
    expect(held(memory)).toBeGreaterThan(0.9 * share * 400 * LAYERS * TINY_SHAPE.numKvHeads);
    for (const head of heldPlaces(memory).flat()) {
      expect(head.slice(0, 4)).toEqual([0, 1, 2, 3]);
      const newest = Math.ceil(0.4 * share * 400);
      expect(head.slice(-newest)).toEqual(Array.from({ length: newest }, (_, i) => 400 - newest + i));
    }
  });

  it('keeps what is pinned, and the answer that was written last', async () => {
    const memory = await model.memory({ kvType: 'float32', policy: { name: 'full' } });
    const steps = memory.read(text(300), { pinned: [{ from: 50, to: 90 }] });
    while (!(await steps.next()).done);
    for (const token of text(100)) await memory.append(token);
    await compact(memory, 0.4);
    for (const head of heldPlaces(memory).flat()) {
      expect(head).toEqual(expect.arrayContaining(Array.from({ length: 40 }, (_, i) => 50 + i)));
      expect(head.slice(-100)).toEqual(Array.from({ length: 100 }, (_, i) => 300 + i));
    }
  });

  it.each([0.7, 0.4, 0.2])(
    'of %f takes what was said before, with pins that are more than that, too',
    async (share) => {
      for (const to of [0, 60, 280]) {
        const memory = await model.memory({ kvType: 'int8', policy: { name: 'full' } });
        const steps = memory.read(text(400), { pinned: [{ from: 40, to: 40 + to }] });
        while (!(await steps.next()).done);
        const said = memory.planOf(share).bytes;
        await compact(memory, share);
        const { bytesInUse } = memory.stats();
        expect(bytesInUse).toBeLessThanOrEqual(said);
        expect(bytesInUse).toBeGreaterThan(0.97 * said);
      }
    },
  );

  it('broken off at any slice answers as before, to the bit', async () => {
    const tokens = text(300);
    for (const kvType of ['float32', 'int8'] as const) {
      const made = () => read(tokens, true, kvType);
      const untouched = await made();
      const expected = Float32Array.from(await untouched.append(7));
      const places = [...Array.from({ length: 8 }, (_, slices) => slicesDone(slices)), looking, choosing];
      for (const isThere of places) {
        const memory = await made();
        const before = heldPlaces(memory);
        const work = memory.compact(0.3, REPEAT);
        for (let slices = 0; !isThere(slices, (await work.next()).value ?? null); slices++);
        await work.return();
        expect(heldPlaces(memory)).toEqual(before);
        expect(Float32Array.from(await memory.append(7))).toEqual(expected);
      }
    }
  });

  it('lets the answer be written again: nothing of its question has to be read but the end', async () => {
    const tokens = text(300);
    const memory = await read(tokens, false);
    for (const token of text(40)) await memory.append(token);
    await compact(memory, 0.5);
    expect(memory.reusable(tokens)).toBe(298);
    await readWhole(memory, tokens);
    expect(memory.tokens).toEqual(tokens);
    expect(held(memory)).toBeLessThanOrEqual((0.5 * 340 - 40 + 2) * LAYERS * TINY_SHAPE.numKvHeads);
  });

  it('says that it has changed', async () => {
    const memory = await read(text(300), true);
    const before = memory.changes.count;
    const work = memory.compact(0.3, REPEAT);
    await work.next();
    expect(memory.changes.count).toBe(before);
    while (!(await work.next()).done);
    expect(memory.changes.count).toBeGreaterThan(before);
  });

  it('goes on: what follows is read behind it, and only that', async () => {
    const tokens = text(300);
    const memory = await read(tokens, true);
    await compact(memory, 0.3);
    const after = held(memory);
    const more = [...tokens, ...text(30)];
    expect(memory.reusable(more)).toBe(300);
    await readWhole(memory, more);
    expect(held(memory)).toBeGreaterThan(after);
    expect(held(memory)).toBeLessThanOrEqual(after + 30 * LAYERS * TINY_SHAPE.numKvHeads);
  });

  it('is made near the end of the context, too, in short parts or among the text’s own places', async () => {
    for (const tokens of [CONTEXT - 100, CONTEXT - 2]) {
      const memory = await read(text(tokens), false);
      await compact(memory, 0.5);
      expect(held(memory)).toBeLessThanOrEqual(0.5 * tokens * LAYERS * TINY_SHAPE.numKvHeads);
    }
  });
});
