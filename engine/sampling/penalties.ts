import type { SamplingOptions } from '../types.js';

/** Which tokens a conversation has so far, and how often its running answer has each. */
export class TokenHistory {
  /** Ids in the order in which they first came. */
  private readonly distinct: number[] = [];
  /** By id. [vocabSize] */
  private readonly seen: Uint8Array;
  /** Occurrences in the answer, by id. [vocabSize] */
  private readonly answerCounts: Uint32Array;

  constructor(vocabSize: number, promptIds: Iterable<number> = []) {
    this.seen = new Uint8Array(vocabSize);
    this.answerCounts = new Uint32Array(vocabSize);
    for (const id of promptIds) this.see(id);
  }

  /** Counts a token of the answer. */
  add(id: number): void {
    this.see(id);
    this.answerCounts[id]++;
  }

  /**
   * Lowers the logits of earlier tokens, in place: repetition for tokens of prompt and answer, frequency and presence
   * for tokens of the answer.
   *
   * @param logits [vocabSize]
   * Source: repetition: CTRL (Keskar et al. 2019, section 4.1) and transformers' RepetitionPenaltyLogitsProcessor;
   *   frequency and presence: OpenAI's API reference
   */
  penalize(logits: Float32Array, options: SamplingOptions): void {
    const { repetitionPenalty, frequencyPenalty, presencePenalty } = options;
    if (repetitionPenalty === 1 && frequencyPenalty === 0 && presencePenalty === 0) return;
    for (const id of this.distinct) {
      const logit = logits[id];
      const repeated = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
      const count = this.answerCounts[id];
      logits[id] = count > 0 ? repeated - count * frequencyPenalty - presencePenalty : repeated;
    }
  }

  private see(id: number): void {
    if (this.seen[id] !== 0 || id >= this.seen.length) return;
    this.seen[id] = 1;
    this.distinct.push(id);
  }
}
