/** Log of the sum of exponentials, nats: logit − logSumExp is a log-probability. */
export function logSumExp(logits: Float32Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > max) max = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - max);
  return max + Math.log(sum);
}

/** Index of the largest; the first of equals. */
export function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id] > logits[best]) best = id;
  return best;
}

/** One next-token distribution beside the reference's at the same place. */
export interface Comparison {
  /** KL(reference ‖ other) over the whole vocabulary, nats. */
  kl: number;
  /** Negative log-likelihood of the token that followed, nats. */
  loss: number;
  referenceLoss: number;
  /** Both find the same token likeliest. */
  agrees: boolean;
}

/** The full cache's next-token distributions along a continuation, kept to be compared with. */
export class ReferenceDistributions {
  /** [rows, vocabSize]; logits as they came, because log-probabilities rounded to float32 would blur small divergences. */
  private readonly logits: Float32Array;
  /** [rows] */
  private readonly normalizers: Float64Array;

  constructor(
    rows: number,
    private readonly vocabSize: number,
  ) {
    this.logits = new Float32Array(rows * vocabSize);
    this.normalizers = new Float64Array(rows);
  }

  /** @param logits [vocabSize] */
  set(row: number, logits: Float32Array): void {
    this.logits.set(logits, row * this.vocabSize);
    this.normalizers[row] = logSumExp(logits);
  }

  /** @param logits [vocabSize]; `token`: what followed in the text */
  compare(row: number, logits: Float32Array, token: number): Comparison {
    const reference = this.logits.subarray(row * this.vocabSize, (row + 1) * this.vocabSize);
    const referenceNormalizer = this.normalizers[row];
    const normalizer = logSumExp(logits);
    let kl = 0;
    for (let id = 0; id < reference.length; id++) {
      const logProbability = reference[id] - referenceNormalizer;
      kl += Math.exp(logProbability) * (logProbability - (logits[id] - normalizer));
    }
    return {
      kl,
      loss: normalizer - logits[token],
      referenceLoss: referenceNormalizer - reference[token],
      agrees: likeliest(reference) === likeliest(logits),
    };
  }
}
