import type { SamplingOptions } from '../types.js';
import type { TokenHistory } from './penalties.js';
import type { RandomSource } from './random.js';
import { RankedTokens } from './ranked-tokens.js';

/** Below this exponent a token's weight is lost beside the best token's weight of 1, however many there are. */
const NEGLIGIBLE_EXPONENT = -60;

/**
 * Chooses the next token: penalties, temperature, then top-k, top-p over what top-k left, and min-p; the draw is by
 * weight among the rest. All three filters keep a front part of the ranking, so only that part is ever ranked.
 * Temperature 0 takes the best token, of equal ones that with the lowest id. Memory is made once, not per token.
 *
 * Source of the order: transformers, GenerationMixin._get_logits_processor; top-p: Holtzman et al. 2020; min-p:
 *   Nguyen et al. 2024
 */
export class Sampler {
  /** Logits after penalties. [vocabSize] */
  private readonly logits: Float32Array;
  /** exp((logit − best) / temperature), by id while all tokens are drawn from, else by rank. [vocabSize] */
  private readonly weights: Float64Array;
  private readonly ranked: RankedTokens;
  /** Ids by rank. [vocabSize] */
  private readonly ranking: Int32Array;

  constructor(
    private readonly options: SamplingOptions,
    private readonly random: RandomSource,
    vocabSize: number,
  ) {
    this.logits = new Float32Array(vocabSize);
    this.weights = new Float64Array(vocabSize);
    this.ranked = new RankedTokens(vocabSize, this.logits);
    this.ranking = new Int32Array(vocabSize);
  }

  /**
   * @param logits [vocabSize], left as they are
   * @param history tokens for the penalties; the caller adds the chosen one
   * @throws RUNTIME_FAILED if a logit is not a number, or all are −∞
   */
  sample(logits: Float32Array, history: TokenHistory): number {
    this.logits.set(logits);
    history.penalize(this.logits, this.options);
    const { temperature, topK, topP, minP } = this.options;
    if (temperature > 0 && topK > 0 && topK < logits.length) return this.draw(this.ranking, this.keepTopK());
    const best = this.ranked.best();
    if (temperature === 0) return best;
    if (topP < 1 || minP > 0) return this.draw(this.ranking, this.keepOfAll(best));
    this.weigh(best);
    return this.draw(null, logits.length);
  }

  /** Weights of the kept tokens by rank; their count. */
  private keepTopK(): number {
    const { topK, topP, minP } = this.options;
    const ids = this.ranked.rankTop(topK);
    const best = ids[0];
    let total = 0;
    for (let rank = 0; rank < topK; rank++) {
      this.ranking[rank] = ids[rank];
      this.weights[rank] = this.weight(ids[rank], best);
      total += this.weights[rank];
    }
    let sum = 0;
    for (let rank = 0; rank < topK; rank++) {
      if (rank > 0 && ((topP < 1 && sum >= topP * total) || this.weights[rank] < minP)) return rank;
      sum += this.weights[rank];
    }
    return topK;
  }

  /** As keepTopK, without a top-k. */
  private keepOfAll(best: number): number {
    const { temperature, topP, minP } = this.options;
    const enough = topP < 1 ? topP * this.weigh(best) : Number.POSITIVE_INFINITY;
    const lowestExponent = Math.max(minP > 0 ? Math.log(minP) : NEGLIGIBLE_EXPONENT, NEGLIGIBLE_EXPONENT);
    // Gathered a little too widely, as the logits are float32; the comparison of weights below is what counts.
    this.ranked.gather(this.logits[best] + temperature * lowestExponent - 1e-3);
    let sum = 0;
    let kept = 0;
    for (let id = this.ranked.takeBest(); id >= 0; id = this.ranked.takeBest()) {
      const weight = this.weight(id, best);
      if (kept > 0 && (sum >= enough || weight < minP)) break;
      this.ranking[kept] = id;
      this.weights[kept++] = weight;
      sum += weight;
    }
    return kept;
  }

  /** Weights of all tokens, by id; their sum. */
  private weigh(best: number): number {
    let total = 0;
    for (let id = 0; id < this.logits.length; id++) {
      this.weights[id] = this.weight(id, best);
      total += this.weights[id];
    }
    return total;
  }

  private weight(id: number, best: number): number {
    const exponent = (this.logits[id] - this.logits[best]) / this.options.temperature;
    return exponent < NEGLIGIBLE_EXPONENT ? 0 : Math.exp(exponent);
  }

  /** Draws one of the first `count` weights; `ids` translates ranks, null: the rank is the id. */
  private draw(ids: Int32Array | null, count: number): number {
    let total = 0;
    for (let rank = 0; rank < count; rank++) total += this.weights[rank];
    let left = this.random() * total;
    let chosen = 0;
    for (let rank = 0; rank < count; rank++) {
      if (this.weights[rank] === 0) continue;
      chosen = rank;
      left -= this.weights[rank];
      if (left < 0) break;
    }
    return ids ? ids[chosen] : chosen;
  }
}
