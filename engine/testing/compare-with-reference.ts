import { logSumExp } from '../evaluate/distributions.js';
import type { ChatMemory } from '../runtime/chat-memory.js';
import { type GoldenDistributions, readGolden } from './golden.js';
import { readWhole } from './load-model.js';

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

/** Teacher-forced over full.json in an empty chat: its prefix as a prompt, its continuation token by token. */
export async function compareWithReference(memory: ChatMemory): Promise<Agreement> {
  const full = await readGolden('full.json');
  const { rows } = await readGolden('full-topk.json');
  let logits = await readWhole(memory, full.tokenIds.slice(0, full.prefix));
  const worstLogit = Math.max(...full.lastPrefixLogitsTop10.map(([id, logit]) => Math.abs(logits[id] - logit)));
  const stepMs: number[] = [];
  let [loss, kl] = [0, 0];
  for (const [i, row] of rows.entries()) {
    const token = full.tokenIds[full.prefix + i];
    loss += logSumExp(logits) - logits[token];
    kl += klDivergence(row, logits);
    const start = performance.now();
    logits = Float32Array.from(await memory.append(token));
    stepMs.push(performance.now() - start);
  }
  return { worstLogit, lossDifference: loss / rows.length - full.meanNll, kl: kl / rows.length, stepMs };
}

/**
 * Mean negative log-likelihood, nats, of `tokens`, given one by one behind what the memory holds.
 * @param logits of the token before the first, [vocabSize]
 */
export async function meanLoss(memory: ChatMemory, logits: Float32Array, tokens: readonly number[]): Promise<number> {
  let loss = 0;
  let before = logits;
  for (const token of tokens) {
    loss += logSumExp(before) - before[token];
    before = (await memory.appendAll([token])).slice();
  }
  return loss / tokens.length;
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
