import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyConfig } from '../kv/compression-config.js';
import { randomTokens } from '../testing/follow-oracle.js';
import { type LoadedModel, readWhole } from '../testing/load-model.js';
import { heldPlaces, loadTinyModel, STEEP_PYRAMID } from '../testing/tiny-loaded.js';
import type { KvStats } from '../types.js';

const STEEP: PolicyConfig = { name: 'pyramidInfer', ...STEEP_PYRAMID };

let model: LoadedModel;
beforeAll(async () => {
  model = await loadTinyModel({ layers: 4 });
});
afterAll(() => model.release());

const memoryUnder = (policy: PolicyConfig) => model.memory({ kvType: 'int8', policy });
const partSums = ({ layers }: KvStats) =>
  layers.map(({ parts }) => Object.values(parts).reduce((sum, count) => sum + count, 0));

describe('what the engine reports of each layer', () => {
  it('adds up to the tokens that it holds, in every turn and while an answer is written', async () => {
    const memory = await memoryUnder(STEEP);
    await readWhole(memory, randomTokens(400, 1));
    for (let turn = 0; turn < 3; turn++) {
      for (const token of randomTokens(90, turn)) await memory.append(token);
      const stats = memory.stats();
      expect(partSums(stats)).toEqual(stats.layers.map(({ tokens }) => tokens));
      expect(stats.layers[0].parts.generated).toBeGreaterThan(60);
      await readWhole(memory, [...memory.tokens, ...randomTokens(30, 10 + turn)]);
      const read = memory.stats();
      expect(partSums(read)).toEqual(read.layers.map(({ tokens }) => tokens));
      expect(read.layers.every(({ parts }) => parts.generated === 0)).toBe(true);
    }
  });

  it('counts pins in every layer, and names the oldest and newest place that is held', async () => {
    const memory = await memoryUnder(STEEP);
    const steps = memory.read(randomTokens(400, 1), { pinned: [{ from: 100, to: 120 }] });
    while (!(await steps.next()).done);
    for (const [layer, stats] of memory.stats().layers.entries()) {
      const places = heldPlaces(memory)[layer].flat();
      expect(stats.parts).toMatchObject({ sinks: 4, pinned: 20 });
      expect(stats).toMatchObject({ oldest: Math.min(...places), newest: Math.max(...places) });
    }
  });

  it('says in which turn of the conversation a token was last dropped, though several were read at once', async () => {
    const memory = await memoryUnder(STEEP);
    const read = async (tokens: number[], turn: number) => {
      const steps = memory.read(tokens, { turn });
      while (!(await steps.next()).done);
    };
    await read(randomTokens(300, 1), 5);
    const first = memory.survival();
    expect(new Set(first.droppedIn)).toEqual(new Set([0, 5]));
    for (const token of randomTokens(60, 2)) await memory.append(token);
    // Not asked for in between: what the answer lost is still counted to its own turn.
    await read([...memory.tokens, ...randomTokens(200, 3)], 6);
    const { depths, droppedIn } = memory.survival();
    expect([...droppedIn.subarray(300, 350)]).toContain(5);
    first.depths.forEach((depth, token) => {
      expect(droppedIn[token]).toBe(depths[token] < depth ? 6 : first.droppedIn[token]);
    });
  });

  it('tells how much attention went to what was dropped: more where more is dropped, none where nothing is', async () => {
    const lost = async (policy: PolicyConfig) => {
      const memory = await memoryUnder(policy);
      await readWhole(memory, randomTokens(400, 1));
      return memory.stats().layers.map(({ lostAttention }) => lostAttention);
    };
    expect(await lost({ name: 'full' })).toEqual([null, null, null, null]);
    const h2o = (share: number) => lost({ name: 'h2o', share, sinkLength: 4 });
    const [mild, strong] = [await h2o(0.8), await h2o(0.3)];
    mild.forEach((share, layer) => {
      expect(share).toBeGreaterThan(0);
      expect(strong[layer]).toBeGreaterThan(share ?? 1);
      expect(strong[layer]).toBeLessThan(1);
    });
    // The first layers of a pyramid hold everything; all behind them lack what did not go on.
    const [first, second, ...others] = await lost({ ...STEEP_PYRAMID, name: 'pyramidInfer', cache: undefined });
    expect([first, second]).toEqual([null, null]);
    for (const share of others) expect(share).toBeGreaterThan(0);
  });
});
