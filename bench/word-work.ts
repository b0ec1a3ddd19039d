import { findModelFiles } from '../engine/model/model-files.js';
import { readSourceModel } from '../engine/model/source-model.js';
import { TokenHistory } from '../engine/sampling/penalties.js';
import { seededRandom } from '../engine/sampling/random.js';
import { Sampler } from '../engine/sampling/sampler.js';
import { resolveSampling } from '../engine/sampling/sampling-options.js';
import { ChatTemplate } from '../engine/text/chat-template.js';
import { Tokenizer } from '../engine/text/tokenizer.js';
import type { PromptMaker } from './prompts.js';
import { quartiles } from './statistics.js';

/** What an answer takes beside the model, milliseconds. */
export interface WordWork {
  /** A prompt of WORK_TOKENS from messages to token ids. */
  promptMs: number;
  /** Choosing a token with the usual settings, and making text of it. */
  tokenMs: number;
}

export const WORK_TOKENS = 2048;
const ROUNDS = 200;
/** Logits of a model lie about so far apart. */
const SPREAD = 12;

export async function measureWordWork(modelPath: string, prompts: PromptMaker): Promise<WordWork> {
  const { tokenizer: files, config } = await readSourceModel(await findModelFiles(modelPath));
  const tokenizer = new Tokenizer(files);
  const template = new ChatTemplate(files, tokenizer);
  const { messages, tokenIds } = prompts(WORK_TOKENS, 0);
  const promptTimes = timed(ROUNDS / 10, () => {
    const { addBos, ...text } = template.render(messages);
    tokenizer.encode(text, { addBos });
  });
  const random = seededRandom(1);
  const logits = Float32Array.from({ length: config.vocabSize }, () => SPREAD * (random() + random() + random() - 1.5));
  const sampler = new Sampler(resolveSampling(), random, config.vocabSize);
  const history = new TokenHistory(config.vocabSize, tokenIds);
  const detokenizer = tokenizer.detokenizer({ atStart: true });
  const tokenTimes = timed(ROUNDS, () => {
    const token = sampler.sample(logits, history);
    history.add(token);
    detokenizer.push(token);
  });
  return { promptMs: quartiles(promptTimes).median, tokenMs: quartiles(tokenTimes).median };
}

/** The first half is there to warm up. */
function timed(rounds: number, work: () => void): number[] {
  const times = Array.from({ length: 2 * rounds }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.slice(rounds);
}
