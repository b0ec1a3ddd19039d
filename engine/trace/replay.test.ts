import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyConfig } from '../kv/compression-config.js';
import type { ChatMemory } from '../runtime/chat-memory.js';
import { randomTokens } from '../testing/follow-oracle.js';
import type { LoadedModel } from '../testing/load-model.js';
import { heldPlaces, loadTinyModel, STEEP_PYRAMID } from '../testing/tiny-loaded.js';
import type { KvStats } from '../types.js';
import { addSample, addTidied, beginTurn, endTurn, type Recording, startRecording, withText } from './record.js';
import { kvAt, sampleAt, textAt } from './replay.js';
import type { Trace } from './schema.js';

const MODEL = { name: 'tiny', path: 'tiny.gguf', hash: 'h', layers: 4, numKvHeads: 2, headDim: 8 };

let model: LoadedModel;
beforeAll(async () => {
  model = await loadTinyModel({ layers: 4 });
});
afterAll(() => model.release());

/** What the cache held and reported when a sample was taken. */
interface Truth {
  stats: KvStats;
  tokens: string;
  /** [layers][places] */
  held: number[][];
}

/** One letter a token, by its number. */
const letters = (tokens: readonly number[]) => tokens.map((token) => String.fromCharCode(0x100 + token)).join('');

/** Follows a chat as window and command line do, and keeps what was true beside each sample. */
class Follower {
  recording: Recording | null = null;
  readonly truths: Truth[] = [];
  private now = 0;
  private turn = 0;

  constructor(private readonly memory: ChatMemory) {}

  get trace(): Trace {
    if (!this.recording) throw new Error('Nothing was recorded.');
    return this.recording.trace;
  }

  async take(prompt: readonly number[], answer: readonly number[]): Promise<void> {
    this.turn++;
    this.now += 5000;
    const steps = this.memory.read(prompt, { turn: this.turn });
    let reused: number | null = null;
    for (;;) {
      const step = await steps.next();
      if (step.done) break;
      if (reused === null) {
        reused = step.value.reused;
        const kv = this.memory.stats();
        const start = {
          number: this.turn,
          promptTokens: prompt.length,
          reusedTokens: reused,
          date: new Date(0),
          now: this.now,
        };
        this.recording = this.recording ? beginTurn(this.recording, start, kv) : startRecording(MODEL, start, kv);
      }
      this.sample(prompt);
    }
    this.sample(prompt);
    for (const token of answer) {
      await this.memory.append(token);
      this.sample(this.memory.tokens);
    }
    if (!this.recording) throw new Error('No turn began.');
    this.now += 10;
    this.recording = this.withText(endTurn(this.recording, 'done', null, this.now));
  }

  /** In idle time, behind a turn. */
  async tidy(share: number): Promise<void> {
    for await (const _ of this.memory.compact(share, { start: [5, 6, 7], goOn: [8, 9] }));
    if (!this.recording) throw new Error('No turn began.');
    this.recording = this.withText(addTidied(this.recording, this.memory.stats()));
    this.note(this.memory.tokens);
  }

  private withText(recording: Recording): Recording {
    const { droppedAt } = this.memory.survival();
    const text = letters(this.memory.tokens);
    const ends = Uint32Array.from(text, (_, i) => i + 1);
    return withText(recording, { text, ends, droppedAt }, []);
  }

  private sample(tokens: readonly number[]): void {
    if (!this.recording) return;
    this.now += 10;
    this.recording = addSample(this.recording, this.memory.stats(), this.now);
    this.note(tokens);
  }

  private note(tokens: readonly number[]): void {
    const stats = this.memory.stats();
    const held = heldPlaces(this.memory).map((heads) => [...new Set(heads.flat())].toSorted((a, b) => a - b));
    this.truths.push({ stats, tokens: letters(tokens), held });
  }
}

const STEEP: PolicyConfig = { name: 'pyramidInfer', ...STEEP_PYRAMID };

function placesOf(bits: Uint8Array, tokens: number): number[] {
  return Array.from({ length: tokens }, (_, token) => token).filter((token) => bits[token >> 3] & (1 << (token & 7)));
}

describe('a moment of a trace', () => {
  it('is what the engine held and reported then, through turns, idle time, edits and answers written over', async () => {
    const memory = await model.memory({ kvType: 'int8', policy: STEEP });
    const follower = new Follower(memory);
    await follower.take(randomTokens(300, 1), randomTokens(70, 2));
    const second = [...memory.tokens, ...randomTokens(90, 3)];
    await follower.take(second, randomTokens(60, 4));
    // Answered again.
    await follower.take(second, randomTokens(40, 5));
    await follower.tidy(0.45);
    // An earlier message is changed, and more is read behind it.
    await follower.take([...memory.tokens.slice(0, 345), ...randomTokens(120, 6)], randomTokens(40, 7));
    const { trace, truths } = follower;
    expect(trace.samples).toHaveLength(truths.length);
    truths.forEach(({ stats, tokens, held }, i) => {
      const { compression: _, ...reported } = stats;
      expect(kvAt(trace, i)).toEqual(reported);
      const text = textAt(trace, i);
      expect(text?.text, `sample ${i}`).toBe(tokens);
      expect(
        text?.held.map((bits) => placesOf(bits, tokens.length)),
        `sample ${i}`,
      ).toEqual(held);
    });
    const last = textAt(trace, truths.length - 1);
    expect(last?.droppedIn).toEqual(memory.survival().droppedIn);
    expect(last?.depths).toEqual(memory.survival().depths);
  });

  it('is the last one up to a time', async () => {
    const samples = [0, 10, 10, 40].map((ms) => ({ ms }) as Trace['samples'][number]);
    const trace = { samples } as unknown as Trace;
    expect([-5, 0, 9, 10, 39, 40, 1e9].map((ms) => sampleAt(trace, ms))).toEqual([0, 0, 0, 2, 2, 3, 3]);
  });
});
