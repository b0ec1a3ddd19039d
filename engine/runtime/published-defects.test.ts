import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPolicy, type PolicyConfig } from '../kv/compression-config.js';
import { contextShares } from '../kv/schedule.js';
import { randomTokens } from '../testing/follow-oracle.js';
import { type LoadedModel, readWhole } from '../testing/load-model.js';
import { heldPlaces, loadTinyModel, STEEP_PYRAMID } from '../testing/tiny-loaded.js';
import type { ChatMemory } from './chat-memory.js';
import { OrtCApi } from './ort/ort-c-api.js';
import { type AnyTensor, float32Tensor, hostValues, type Session, type SessionFactory } from './ort/session.js';
import { AttentionScores } from './reading/attention-scores.js';

const LAYERS = 4;
const STEEP: PolicyConfig = { name: 'pyramidInfer', ...STEEP_PYRAMID };

/** Hands everything on to ONNX Runtime and notes what was bound. */
class Recording implements SessionFactory {
  private readonly native = new OrtCApi(2);
  readonly implementation = this.native.implementation;
  readonly onnxRuntimeVersion = this.native.onnxRuntimeVersion;
  readonly threads = this.native.threads;
  readonly bound: { name: string; tensor: AnyTensor }[] = [];

  openWeights(path: string) {
    return this.native.openWeights(path);
  }

  async create(...graph: Parameters<SessionFactory['create']>): Promise<Session> {
    const session = await this.native.create(...graph);
    return {
      bind: (inputs, outputs) => {
        for (const [name, tensor] of Object.entries({ ...inputs, ...outputs })) this.bound.push({ name, tensor });
        return session.bind(inputs, outputs);
      },
      release: () => session.release(),
    };
  }
}

const factory = new Recording();
let model: LoadedModel;
beforeAll(async () => {
  model = await loadTinyModel({ layers: LAYERS, factory });
});
afterAll(() => model.release());

const memoryUnder = (policy: PolicyConfig) => model.memory({ kvType: 'float32', policy });

async function write(memory: ChatMemory, tokens: readonly number[]): Promise<void> {
  for (const token of tokens) await memory.append(token);
}

/** What is held of the text before a place. */
const heldBefore = (held: number[][][], place: number) =>
  held.map((heads) => heads.map((all) => all.filter((at) => at < place)));

describe('what is wrong with the published code is right here', () => {
  it('deep layers do not evict the prompt while an answer is written', async () => {
    const memory = await memoryUnder(STEEP);
    await readWhole(memory, randomTokens(300, 1));
    const prompt = heldPlaces(memory);
    for (const token of randomTokens(60, 2)) {
      await memory.append(token);
      expect(heldBefore(heldPlaces(memory), 300)).toEqual(prompt);
    }
    // Written tokens were pruned all the while.
    expect(heldPlaces(memory)[LAYERS - 1][0].filter((at) => at >= 300).length).toBeLessThan(45);
  });

  it('a second turn is read behind what the first left, at its own places', async () => {
    const memory = await memoryUnder(STEEP);
    await readWhole(memory, randomTokens(300, 1));
    await write(memory, randomTokens(20, 2));
    const logits = await readWhole(memory, [...memory.tokens, ...randomTokens(40, 3)]);
    expect(logits.every(Number.isFinite)).toBe(true);
    for (const places of heldPlaces(memory).flat()) {
      expect(places.slice(-40)).toEqual(Array.from({ length: 40 }, (_, i) => 320 + i));
    }
  });

  it('with an interval above 1, an answer is written, and layers between selections hold equally many', async () => {
    const memory = await memoryUnder({
      ...STEEP,
      schedule: { type: 'cosine', prefillDecayRatio: 0.6 },
      layerInterval: 2,
    });
    await readWhole(memory, randomTokens(300, 1));
    await write(memory, randomTokens(30, 2));
    const counts = heldPlaces(memory).map(([places]) => heldBefore([[places]], 300)[0][0].length);
    expect(counts[0]).toBe(counts[1]);
    expect(counts[2]).toBe(counts[3]);
    expect(counts[2]).toBeLessThan(counts[1]);
  });

  it('linear falls in a line from 1 towards the ratio, and is not constant', () => {
    const shares = contextShares({ type: 'linear', prefillDecayRatio: 0.6 }, 4);
    const rates = shares.map((share, layer) => share / (shares[layer - 1] ?? 1));
    [1, 0.9, 0.8, 0.7].forEach((rate, layer) => {
      expect(rates[layer]).toBeCloseTo(rate, 12);
    });
  });

  it('scoring changes neither queries nor keys: twice gives the same', async () => {
    const { numKvHeads, numHeads, headDim } = model.model.config;
    const noise = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(3 * i));
    const tensor = float32Tensor([1, numKvHeads, 40, headDim]);
    tensor.values.set(noise(tensor.values.length));
    const rows = Int32Array.from({ length: 8 }, (_, i) => 32 + i);
    const queries = { values: noise(8 * numHeads * headDim), positions: rows, ownKeys: rows };
    const spec = {
      recentRows: 8,
      distanceWeight: 3,
      spreadRows: 0,
      spreadFrom: 'place',
      pool: { by: 'max', rows: 1 },
    } as const;
    const scores = new AttentionScores(model.sessions);
    const once = () =>
      scores.score({ tensor, scales: null, length: 40 }, spec, { recent: rows, spread: rows }, () => queries);
    const first = await once();
    expect(await once()).toEqual(first);
    expect(queries.values).toEqual(noise(8 * numHeads * headDim));
    expect(tensor.values).toEqual(noise(tensor.values.length));
  });

  it('sinks are the first tokens of the text, whatever the prompt’s length and in later turns', async () => {
    for (const length of [257, 300, 431]) {
      const memory = await memoryUnder(STEEP);
      await readWhole(memory, randomTokens(length, 1));
      await readWhole(memory, [...memory.tokens, ...randomTokens(100, 2)]);
      for (const places of heldPlaces(memory).flat()) expect(places.slice(0, 4)).toEqual([0, 1, 2, 3]);
    }
  });

  it.each<[string, PolicyConfig]>([
    ['pyramidInfer, its whole window voting', { ...STEEP, recentRatio: 0.5, scoreRows: undefined }],
    ['h2o, every row voting', { name: 'h2o', share: 0.3, sinkLength: 4 }],
  ])('no prompt’s attention is ever held in full: %s', async (_, policy) => {
    const length = 900;
    factory.bound.length = 0;
    const memory = await memoryUnder(policy);
    await readWhole(memory, randomTokens(length, 1));
    const rowsOf = (name: string) =>
      factory.bound.filter((one) => one.name === name).map(({ tensor }) => tensor.dims[1]);
    // Rows of queries whose attention is computed to be read, and rows that a layer runs at once.
    expect(Math.max(...rowsOf('query'))).toBeLessThanOrEqual(64);
    expect(Math.max(...rowsOf('attentionOut'))).toBeLessThanOrEqual(256);
    for (const { tensor } of factory.bound) expect(hostValues(tensor).length).toBeLessThan(length * length);
  });

  it('what is kept follows from the count that a layer holds, not from the text’s length', async () => {
    const policy = createPolicy(STEEP, LAYERS);
    const memory = await memoryUnder(STEEP);
    await readWhole(memory, randomTokens(300, 1));
    for (let turn = 2; turn < 6; turn++) {
      await readWhole(memory, [...memory.tokens, ...randomTokens(60, turn)]);
      heldPlaces(memory).forEach(([places], layer) => {
        expect(places.length).toBeLessThanOrEqual(policy.cachedCount(layer, memory.tokens.length));
        expect(places.length).toBeGreaterThan(memory.tokens.length * 0.2);
      });
    }
  });
});
