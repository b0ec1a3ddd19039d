import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyConfig } from '../../kv/compression-config.js';
import { FollowedChat, randomTokens } from '../../testing/follow-oracle.js';
import { type LoadedModel, readWhole } from '../../testing/load-model.js';
import { heldPlaces, loadTinyModel, STEEP_PYRAMID } from '../../testing/tiny-loaded.js';
import { noDevice, PLAIN_TRAITS } from '../../testing/webgpu.js';
import { ChatBatch } from '../chat-batch.js';
import type { ChatMemory } from '../chat-memory.js';
import { liveNativeObjects } from '../ort/ort-native.js';
import type { DeviceTraits } from '../ort/session.js';
import { OrtWebGpu } from './ort-webgpu.js';

const STEP: PolicyConfig = { name: 'pyramidInfer', ...STEEP_PYRAMID };
const POOL = { by: 'mean', rows: 7 } as const;
const SCORES = { recentRows: 16, distanceWeight: 1, spreadRows: 24, pool: POOL };
const BY_HEAD = { share: 0.46, recentShare: 0.5, perHead: true };
const POLICIES: [string, PolicyConfig][] = [
  ['full', { name: 'full' }],
  ['pyramidInfer', STEP],
  ['votes of spread rows, each head apart', { ...STEP, scores: { ...SCORES, spreadFrom: 'end' }, cache: BY_HEAD }],
  ['spread rows that vote where they are', { ...STEP, scores: { ...SCORES, spreadFrom: 'place' } }],
];

interface OnDevice {
  factory: OrtWebGpu;
  model: LoadedModel;
  release(): Promise<void>;
}

async function loadOn(traits: DeviceTraits): Promise<OnDevice> {
  const factory = await OrtWebGpu.create(2, traits);
  const model = await loadTinyModel({ factory });
  const release = async () => {
    await model.release();
    factory.release();
  };
  return { factory, model, release };
}

const reason = await noDevice();

describe.skipIf(reason).each([false, true])('a model on a device in float32, captured: %s', (graphCapture) => {
  const before = liveNativeObjects();
  let device: OnDevice;
  beforeAll(async () => {
    device = await loadOn({ ...PLAIN_TRAITS, graphCapture });
  }, 120_000);
  afterAll(async () => {
    await device.release();
    expect(liveNativeObjects()).toBe(before);
  });

  it('does not write several chats at once yet, and says where they can be', async () => {
    const batch = ChatBatch.create(device.model.sessions, 'float32', 2);
    await expect(batch).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE', message: expect.stringContaining('CPU') });
  });

  it.each(POLICIES)(
    '%s: holds and gives what plain loops in float64 do, through turns and answers',
    async (_, policy) => {
      const chat = await FollowedChat.begin(device.model, policy);
      await chat.read(randomTokens(320, 1));
      await chat.write(randomTokens(40, 2));
      await chat.read([...chat.tokens, ...randomTokens(90, 3)]);
      await chat.write(randomTokens(10, 4));
    },
    240_000,
  );

  it('keeps no native object of earlier turns', async () => {
    const memory = await device.model.memory({ kvType: 'float32', policy: STEP });
    const counts: number[] = [];
    for (let turn = 0; turn < 6; turn++) {
      await readWhole(memory, [...memory.tokens, ...randomTokens(30, turn)]);
      for (const token of randomTokens(3, turn)) await memory.append(token);
      counts.push(liveNativeObjects() - device.factory.device.idleTensors);
    }
    expect(new Set(counts.slice(1)).size).toBe(1);
  }, 120_000);

  it.runIf(graphCapture)(
    'takes no more of the device after 200 turns than after 20',
    async () => {
      const memory = await device.model.memory({ kvType: 'float32', policy: STEP });
      const { device: held } = device.factory;
      const start = randomTokens(60, 1);
      const taken = new Set<string>();
      for (let turn = 0; turn < 200; turn++) {
        await readWhole(memory, [...start, ...randomTokens(30, turn)]);
        for (const token of randomTokens(2, turn)) await memory.append(token);
        if (turn >= 20) taken.add(`${liveNativeObjects()} objects, ${held.bytesHeld} bytes, ${held.idleTensors} idle`);
      }
      expect([...taken]).toHaveLength(1);
      memory.release();
    },
    120_000,
  );
});

describe.skipIf(reason)('a model on a device in float16', () => {
  let device: OnDevice;
  let processor: LoadedModel;
  beforeAll(async () => {
    device = await loadOn({ ...PLAIN_TRAITS, type: 'float16', graphCapture: true });
    processor = await loadTinyModel();
  }, 120_000);
  afterAll(async () => {
    await device.release();
    await processor.release();
  });

  it.each(POLICIES)(
    '%s: holds nearly the same and gives nearly the same logits as the processor',
    async (_, policy) => {
      const walk = async (memory: ChatMemory) => {
        const logits = [await readWhole(memory, randomTokens(320, 1))];
        for (const token of randomTokens(20, 2)) logits.push(Float32Array.from(await memory.append(token)));
        return { logits, held: heldPlaces(memory) };
      };
      const [got, expected] = await Promise.all([
        device.model.memory({ kvType: 'float16', policy }).then(walk),
        processor.memory({ kvType: 'float32', policy }).then(walk),
      ]);
      const worst = got.logits.map((row, i) =>
        row.reduce((most, v, at) => Math.max(most, Math.abs(v - expected.logits[i][at])), 0),
      );
      expect(Math.max(...worst)).toBeLessThan(0.2);
      const held = expected.held.flat().map((places, head) => {
        const known = new Set(got.held.flat()[head]);
        return places.filter((place) => known.has(place)).length / Math.max(places.length, known.size);
      });
      expect(held.reduce((sum, share) => sum + share, 0) / held.length).toBeGreaterThan(0.99);
    },
    240_000,
  );
});
