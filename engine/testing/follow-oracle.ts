import { expect } from 'vitest';
import type { PolicyConfig } from '../kv/compression-config.js';
import type { TokenSpan } from '../kv/token-span.js';
import type { ChatMemory } from '../runtime/chat-memory.js';
import type { LoadedModel } from './load-model.js';
import { NaiveModel } from './naive-model.js';
import { NaiveChat } from './naive-oracle.js';
import { naivePlan } from './naive-plan.js';
import { heldPlaces } from './tiny-loaded.js';

/** Largest difference of a logit between float32 and float64. */
const TOLERANCE = 1e-4;

/** A chat and its oracle side by side: after every step both hold the same places and give the same logits. */
export class FollowedChat {
  private constructor(
    private readonly memory: ChatMemory,
    private readonly oracle: NaiveChat,
    private readonly pinned: readonly TokenSpan[],
  ) {}

  static async begin(
    model: LoadedModel,
    policy: PolicyConfig,
    pinned: readonly TokenSpan[] = [],
  ): Promise<FollowedChat> {
    const isPinned = (place: number) => pinned.some(({ from, to }) => place >= from && place < to);
    const plan = naivePlan(policy, model.model.config.numLayers);
    const memory = await model.memory({ kvType: 'float32', policy });
    return new FollowedChat(memory, new NaiveChat(new NaiveModel(model.model), plan, isPinned), pinned);
  }

  get tokens(): readonly number[] {
    return this.memory.tokens;
  }

  held(): number[][][] {
    return heldPlaces(this.memory);
  }

  /** → tokens that were still cached */
  async read(prompt: readonly number[]): Promise<number> {
    const steps = this.memory.read(prompt, { pinned: this.pinned });
    let reused = 0;
    for (;;) {
      const step = await steps.next();
      if (step.done) {
        this.compare(step.value, this.oracle.read(prompt, reused));
        return reused;
      }
      reused = step.value.reused;
    }
  }

  async write(tokens: readonly number[]): Promise<void> {
    for (const token of tokens) this.compare(await this.memory.append(token), this.oracle.append(token));
  }

  /** Most tokens, up to so many, that a cut may leave. */
  largestCut(limit: number): number {
    let place = limit;
    while (!this.oracle.canCut(place)) place--;
    return place;
  }

  private compare(logits: Float32Array, expected: Float64Array): void {
    expect(this.memory.tokens).toEqual(this.oracle.tokens);
    expect(this.held()).toEqual(this.oracle.held());
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - logits[i])), 0);
    expect(worst).toBeLessThan(TOLERANCE);
  }
}

/** Tokens drawn by lot, none of them a control token. */
export function randomTokens(count: number, seed: number, vocabSize = 280): number[] {
  let state = seed * 7919 + 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return 3 + ((state >>> 8) % (vocabSize - 3));
  });
}
