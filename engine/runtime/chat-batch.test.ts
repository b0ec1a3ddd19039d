import { afterAll, beforeAll, expect, it } from 'vitest';
import { likeliest } from '../evaluate/distributions.js';
import { budgetCompression } from '../kv/compression.js';
import type { CompressionConfig } from '../kv/compression-config.js';
import { presetConfig } from '../kv/presets.js';
import { randomTokens } from '../testing/follow-oracle.js';
import { type LoadedModel, readWhole } from '../testing/load-model.js';
import { heldPlaces, loadTinyModel, STEEP_PYRAMID } from '../testing/tiny-loaded.js';
import { TINY_SHAPE } from '../testing/tiny-model.js';
import type { KvType } from '../types.js';
import { ChatBatch } from './chat-batch.js';
import { ChatMemory } from './chat-memory.js';
import { liveNativeObjects } from './ort/ort-native.js';

const LAYERS = 6;
const FULL: CompressionConfig = { kvType: 'float32', policy: { name: 'full' } };
const STEEP: CompressionConfig = { kvType: 'float32', policy: { name: 'pyramidInfer', ...STEEP_PYRAMID } };
const COMPACT: CompressionConfig = {
  ...presetConfig('compact', { hash: '', numLayers: LAYERS }),
  kvType: 'float32',
};

let model: LoadedModel;
const nativeBefore = liveNativeObjects();
beforeAll(async () => {
  model = await loadTinyModel({ layers: LAYERS });
});
afterAll(async () => {
  await model.release();
  expect(liveNativeObjects()).toBe(nativeBefore);
});

/** A chat that is written greedily. */
interface Written {
  memory: ChatMemory;
  /** The likeliest next token. */
  next: number;
  answer: number[];
}

async function read(config: CompressionConfig, prompt: readonly number[]): Promise<Written> {
  const memory = await model.memory(config);
  return { memory, next: likeliest(await readWhole(memory, prompt)), answer: [] };
}

async function alone(config: CompressionConfig, prompt: readonly number[], tokens: number): Promise<Written> {
  const chat = await read(config, prompt);
  while (chat.answer.length < tokens) {
    chat.answer.push(chat.next);
    chat.next = likeliest(await chat.memory.append(chat.next));
  }
  return chat;
}

/** A token more for each. */
async function writeOn(batch: ChatBatch, chats: readonly Written[]): Promise<Float32Array[]> {
  const logits = await batch.append(chats.map(({ memory, next }) => ({ memory, token: next })));
  chats.forEach((chat, i) => {
    chat.answer.push(chat.next);
    chat.next = likeliest(logits[i]);
  });
  return logits;
}

async function withBatch(
  kvType: KvType,
  seats: number,
  work: (batch: ChatBatch) => Promise<void>,
  sessions = model.sessions,
): Promise<void> {
  const batch = await ChatBatch.create(sessions, kvType, seats);
  try {
    await work(batch);
  } finally {
    await batch.release();
  }
}

const LENGTHS = [300, 40, 517, 2];

it.each([
  ['nothing dropped', FULL, LENGTHS],
  ['a steep pyramid that prunes what is written', STEEP, LENGTHS],
  ['the preset compact', COMPACT, LENGTHS],
  ['a batch of one seat', STEEP, [300]],
])(
  '%s: each chat, whatever its length, gets the tokens that it gets alone',
  async (_, config, lengths) => {
    const prompts = lengths.map((length, i) => randomTokens(length, 20 + i));
    const chats: Written[] = [];
    for (const prompt of prompts) chats.push(await read(config, prompt));
    await withBatch('float32', chats.length, async (batch) => {
      for (let step = 0; step < 100; step++) await writeOn(batch, chats);
    });
    for (const [i, prompt] of prompts.entries()) {
      const single = await alone(config, prompt, 100);
      expect(chats[i].answer).toEqual(single.answer);
      expect(heldPlaces(chats[i].memory)).toEqual(heldPlaces(single.memory));
    }
  },
  120_000,
);

it('a chat that ends makes room for another, and one that is over can be asked again', async () => {
  const prompts = [120, 260, 33].map((length, i) => randomTokens(length, 40 + i));
  const [first, second, third] = [
    await read(STEEP, prompts[0]),
    await read(STEEP, prompts[1]),
    await read(STEEP, prompts[2]),
  ];
  await withBatch('float32', 2, async (batch) => {
    for (let step = 0; step < 30; step++) await writeOn(batch, [first, second]);
    for (let step = 0; step < 20; step++) await writeOn(batch, [third, second]);
    for (let step = 0; step < 20; step++) await writeOn(batch, [third]);
  });
  const lengths = [30, 50, 40];
  for (const [i, chat] of [first, second, third].entries()) {
    expect(chat.answer).toEqual((await alone(STEEP, prompts[i], lengths[i])).answer);
  }
  const asked = [...prompts[0], ...first.answer, ...randomTokens(20, 50)];
  const logits = await readWhole(first.memory, asked);
  const other = await alone(STEEP, prompts[0], 30);
  expect(logits).toEqual(await readWhole(other.memory, asked));
}, 60_000);

it('a batch that rests holds nothing of the chats, and goes on with them when it is asked', async () => {
  const prompts = [30, 50].map((length, i) => randomTokens(length, 80 + i));
  const chats = [await read(FULL, prompts[0]), await read(FULL, prompts[1])];
  await withBatch('float32', 2, async (batch) => {
    const before = liveNativeObjects();
    for (let token = 1; token <= 3; token++) {
      await writeOn(batch, chats);
      expect(liveNativeObjects()).toBeGreaterThan(before);
      batch.rest();
      expect(liveNativeObjects()).toBe(before);
    }
    batch.rest();
  });
  for (const [i, chat] of chats.entries()) {
    expect(chat.answer).toEqual((await alone(FULL, prompts[i], 3)).answer);
  }
}, 60_000);

/** How far logits of chats that are written together are from those of each alone, at most; they hold the same. */
async function furthestFromAlone({ sessions, memory }: LoadedModel, config: CompressionConfig): Promise<number> {
  const begun = async (): Promise<ChatMemory[]> => {
    const chats = [await memory(config), await memory(config)];
    for (const [i, length] of [90, 310].entries()) await readWhole(chats[i], randomTokens(length, 60 + i));
    return chats;
  };
  const [chats, singles] = [await begun(), await begun()];
  let furthest = 0;
  await withBatch(
    config.kvType,
    3,
    async (batch) => {
      for (const token of randomTokens(40, 70)) {
        const logits = await batch.append(chats.map((chat) => ({ memory: chat, token })));
        for (const [i, chat] of singles.entries()) {
          const single = await chat.append(token);
          furthest = logits[i].reduce((most, logit, id) => Math.max(most, Math.abs(logit - single[id])), furthest);
        }
      }
    },
    sessions,
  );
  expect(chats.map(heldPlaces)).toEqual(singles.map(heldPlaces));
  return furthest;
}

it('on int8 K/V, whose scales are each chat’s own, logits are those of the chat alone', async () => {
  // What is rounded to 8 bits may fall to the next step.
  expect(await furthestFromAlone(model, { ...STEEP, kvType: 'int8' })).toBeLessThan(0.02);
}, 60_000);

it('on weights in 8 bits, the head’s too, logits are those of the chat alone but for rounding', async () => {
  const rounded = await loadTinyModel({ layers: LAYERS, precision: 'default' });
  try {
    const { weights } = rounded.model;
    expect([weights.head, weights['layers.0.qkv']].map(({ kind }) => kind)).toEqual(['rotated', 'rotated']);
    // A row by itself is rounded by another kernel; logits of two chats are 3 to 4 apart.
    expect(await furthestFromAlone(rounded, FULL)).toBeLessThan(0.4);
  } finally {
    await rounded.release();
  }
}, 60_000);

it.each([0, -1, 1.5, 257, Number.NaN])('%d seats cannot be', async (seats) => {
  await expect(ChatBatch.create(model.sessions, 'float32', seats)).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message: expect.stringContaining('1 to 256'),
  });
});

it('a batch for which there is no memory says so, and leaves nothing behind', async () => {
  const before = liveNativeObjects();
  const { config } = model.model;
  const words = { ...model.model, config: { ...config, vocabSize: 2 ** 45 } };
  const huge = Object.assign(Object.create(model.sessions) as typeof model.sessions, { model: words });
  await expect(ChatBatch.create(huge, 'float32', 3)).rejects.toMatchObject({
    code: 'OUT_OF_MEMORY',
    message: expect.stringContaining('3 chats'),
  });
  expect(liveNativeObjects()).toBe(before);
});

it('what cannot be run together is refused, and no chat has a token more', async () => {
  const [one, other] = [await read(FULL, randomTokens(10, 1)), await read(FULL, randomTokens(12, 2))];
  const int8 = await read({ ...FULL, kvType: 'int8' }, randomTokens(10, 3));
  const row = ({ memory }: Written) => ({ memory, token: 1 });
  await withBatch('float32', 2, async (batch) => {
    const refused = async (chats: Parameters<ChatBatch['append']>[0], problem: string) => {
      await expect(batch.append(chats)).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        message: expect.stringContaining(problem),
      });
    };
    await refused([], 'no chat');
    await refused([row(one), row(other), row(int8)], 'room for 2');
    await refused([row(one), row(one)], 'twice');
    await refused([row(one), row(int8)], 'int8');
    const unknown = batch.append([row(one), { memory: other.memory, token: 1e9 }]);
    await expect(unknown).rejects.toMatchObject({ code: 'MODEL_TOKENIZER_UNSUPPORTED' });
    for (const { memory } of [one, other]) expect(heldPlaces(memory)[0][0]).toHaveLength(memory.tokens.length);
    expect([one, other, int8].map(({ memory }) => memory.tokens.length)).toEqual([10, 12, 10]);
    await writeOn(batch, [one, other]);
    expect(one.answer).toEqual((await alone(FULL, randomTokens(10, 1), 1)).answer);
    expect(one.memory.tokens).toHaveLength(11);
  });
});

it('a batch that is refused drops nothing of a chat whose budget is used up; one that runs does', async () => {
  const elements = 2 * TINY_SHAPE.numKvHeads * TINY_SHAPE.headDim;
  const tokenBytes = LAYERS * elements;
  const bytes = { numLayers: LAYERS, contextLength: 1024, bytesPerToken: elements, scaleBytes: 4 * elements };
  const policies = (['balanced', 'compact'] as const).map(
    (name) => presetConfig(name, { hash: '', numLayers: LAYERS }).policy,
  );
  const budget = 600 * tokenBytes;
  const memory = await ChatMemory.create(model.sessions, budgetCompression(budget, policies, bytes), 1024);
  await readWhole(memory, randomTokens(700, 1));
  const isUsedUp = () => memory.stats().bytesInUse + tokenBytes > budget;
  while (!isUsedUp()) await memory.append(1);
  const held = heldPlaces(memory);
  const other = await read({ ...FULL, kvType: 'int8' }, randomTokens(10, 2));
  const rows = [memory, other.memory].map((one) => ({ memory: one, token: 1 }));
  await withBatch('int8', 1, async (batch) => {
    await expect(batch.append(rows)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(heldPlaces(memory)).toEqual(held);
    await batch.append(rows.slice(0, 1));
    expect(isUsedUp()).toBe(false);
  });
  memory.release();
}, 60_000);
