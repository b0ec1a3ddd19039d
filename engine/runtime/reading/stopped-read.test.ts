import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyConfig } from '../../kv/compression-config.js';
import { randomTokens } from '../../testing/follow-oracle.js';
import { type LoadedModel, readWhole } from '../../testing/load-model.js';
import { heldPlaces, loadTinyModel, STEEP_PYRAMID } from '../../testing/tiny-loaded.js';
import type { ChatMemory } from '../chat-memory.js';

let model: LoadedModel;
beforeAll(async () => {
  model = await loadTinyModel({ layers: 4 });
});
afterAll(() => model.release());

/** Stops a prompt before its progress step number `step`. → whether it was stopped, and not at its end before */
async function stopAt(memory: ChatMemory, prompt: readonly number[], step: number): Promise<boolean> {
  const stop = new AbortController();
  let seen = 0;
  const steps = memory.read(prompt, { signal: stop.signal });
  try {
    for (;;) {
      if (seen++ === step) stop.abort(new Error('stopped'));
      if ((await steps.next()).done) return false;
    }
  } catch (thrown) {
    expect(thrown).toMatchObject({ message: 'stopped' });
    return true;
  }
}

/** As the engine does when nobody asks for the next step. */
async function leaveAt(memory: ChatMemory, prompt: readonly number[], step: number): Promise<void> {
  const steps = memory.read(prompt);
  for (let i = 0; i < step; i++) await steps.next();
  await steps.return(new Float32Array());
}

const [first, second, answer] = [randomTokens(300, 1), randomTokens(120, 2), randomTokens(30, 3)];

describe.each<[string, PolicyConfig]>([
  ['full', { name: 'full' }],
  ['pyramidInfer', { name: 'pyramidInfer', ...STEEP_PYRAMID }],
  ['snapKv', { name: 'snapKv', share: 0.4, sinkLength: 4, scoreRows: 16, pool: 5 }],
])('a prompt that is stopped, under %s', (_, policy) => {
  const chat = () => model.memory({ kvType: 'float32', policy });

  /** Two turns with an answer between; `disturb` comes before each read. → what is held and all logits */
  async function twoTurns(disturb: (memory: ChatMemory, turn: number) => Promise<void>) {
    const memory = await chat();
    const logits: Float32Array[] = [];
    await disturb(memory, 0);
    logits.push(await readWhole(memory, first));
    for (const token of answer) logits.push(Float32Array.from(await memory.append(token)));
    await disturb(memory, 1);
    logits.push(await readWhole(memory, [...memory.tokens, ...second]));
    for (const token of answer) logits.push(Float32Array.from(await memory.append(token)));
    memory.release();
    return { logits, held: heldPlaces(memory) };
  }

  it('at any step of the first turn or the second leaves the chat as if it had never been read', async () => {
    const undisturbed = await twoTurns(async () => {});
    for (const turn of [0, 1]) {
      let steps = 0;
      for (let stopped = true; stopped; steps++) {
        const disturbed = await twoTurns(async (memory, now) => {
          if (now !== turn) return;
          const before = heldPlaces(memory);
          const other = [...memory.tokens, ...randomTokens(290, 9 + steps)];
          stopped = await stopAt(memory, other, steps);
          if (stopped) expect(heldPlaces(memory)).toEqual(before);
        });
        if (stopped) expect(disturbed).toEqual(undisturbed);
      }
      // Every layer reports each of its chunks.
      expect(steps).toBeGreaterThanOrEqual(4 * 2);
    }
  }, 120_000);

  it('because nobody goes on reading it is forgotten too', async () => {
    const undisturbed = await twoTurns(async () => {});
    for (const step of [1, 4]) {
      const left = await twoTurns((memory) => leaveAt(memory, [...memory.tokens, ...randomTokens(290, 5)], step));
      expect(left).toEqual(undisturbed);
    }
  }, 60_000);

  it('leaves stats of what is held, and none of what was being read', async () => {
    const memory = await chat();
    await readWhole(memory, first);
    const before = memory.stats();
    expect(await stopAt(memory, [...memory.tokens, ...second], 3)).toBe(true);
    const { bytesAllocated: _, layers, ...after } = memory.stats();
    expect(after).toMatchObject({ tokensSeen: 300, bytesInUse: before.bytesInUse, generatedTokens: 0 });
    expect(layers.map(({ tokens }) => tokens)).toEqual(before.layers.map(({ tokens }) => tokens));
  });
});
