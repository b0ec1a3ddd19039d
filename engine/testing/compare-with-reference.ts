import type { Decoder } from '../runtime/decoder.js';
import { prefill } from '../runtime/prefill.js';
import { type GoldenDistributions, readGolden } from './golden.js';
import type { LoadedDecoder } from './load-decoder.js';

export interface Agreement {
  /** Largest difference among the reference's ten largest logits after full.json's prefix. */
  worstLogit: number;
  /** Mean negative log-likelihood of the continuation, nats, less the reference's. */
  lossDifference: number;
  /** Mean KL(reference ‖ ours) over the continuation, nats. */
  kl: number;
  /** Milliseconds of each step of the continuation. */
  stepMs: number[];
}

/** Teacher-forced over full.json: its prefix in chunks, its continuation token by token. */
export async function compareWithReference({ decoder }: Pick<LoadedDecoder, 'decoder'>): Promise<Agreement> {
  const full = await readGolden('full.json');
  const { rows } = await readGolden('full-topk.json');
  let logits = Float32Array.from(await readWhole(decoder, full.tokenIds.slice(0, full.prefix)));
  const worstLogit = Math.max(...full.lastPrefixLogitsTop10.map(([id, logit]) => Math.abs(logits[id] - logit)));
  const stepMs: number[] = [];
  let [loss, kl] = [0, 0];
  for (const [i, row] of rows.entries()) {
    const token = full.tokenIds[full.prefix + i];
    loss += logSumExp(logits) - logits[token];
    kl += klDivergence(row, logits);
    const start = performance.now();
    logits = Float32Array.from(await decoder.run([token], full.prefix + i));
    stepMs.push(performance.now() - start);
  }
  return { worstLogit, lossDifference: loss / rows.length - full.meanNll, kl: kl / rows.length, stepMs };
}

async function readWhole(decoder: Decoder, tokens: readonly number[]): Promise<Float32Array> {
  const chunks = prefill(decoder, tokens, 0);
  for (;;) {
    const step = await chunks.next();
    if (step.done) return step.value;
  }
}

/**
 * Mean negative log-likelihood, nats, of `tokens` from index `from` on, given one by one behind what the cache holds;
 * `decoder.logits` are those of the token before.
 */
export async function meanLoss(decoder: Decoder, tokens: readonly number[], from: number): Promise<number> {
  let loss = 0;
  for (const [i, token] of tokens.slice(from).entries()) {
    loss += logSumExp(decoder.logits.values) - decoder.logits.values[token];
    await decoder.run([token], from + i);
  }
  return loss / (tokens.length - from);
}

/** Log of the sum of exponentials, so that logit − logSumExp is a log-probability. */
function logSumExp(logits: Float32Array): number {
  const max = logits.reduce((a, b) => Math.max(a, b));
  return max + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - max), 0));
}

/** KL(reference ‖ ours) in nats over the reference's most likely tokens, the rest as one. */
function klDivergence(reference: GoldenDistributions['rows'][number], logits: Float32Array): number {
  const normalizer = logSumExp(logits);
  let kl = 0;
  let mass = 0;
  reference.tokenIds.forEach((id, i) => {
    const ours = logits[id] - normalizer;
    kl += Math.exp(reference.logProbs[i]) * (reference.logProbs[i] - ours);
    mass += Math.exp(ours);
  });
  return kl + reference.restMass * Math.log(reference.restMass / (1 - mass));
}
