import type { KvCache } from '../kv/kv-cache.js';
import { kvStats } from '../kv/stats.js';
import { TokenHistory } from '../sampling/penalties.js';
import { seededRandom } from '../sampling/random.js';
import { Sampler } from '../sampling/sampler.js';
import { type ResolvedSampling, resolveSampling } from '../sampling/sampling-options.js';
import type { ChatTemplate } from '../text/chat-template.js';
import { StopStrings } from '../text/stop-strings.js';
import type { Tokenizer } from '../text/tokenizer.js';
import type { EngineEvent, GenerateRequest, GenerateResult, StopReason } from '../types.js';
import { AnswerClock } from './answer-clock.js';
import { checkLength, checkRequest } from './check-request.js';
import { MIN_PREFILL } from './prefill.js';
import type { PromptReader } from './prompt-reader.js';

/** A model ready to run, and what it has read so far. */
export interface ChatState {
  readonly reader: PromptReader;
  readonly cache: KvCache;
  readonly tokenizer: Tokenizer;
  /** Ids of the tokens whose K/V the cache holds, in order. */
  readonly cachedTokens: number[];
}

/** One answer, from the request to its end. */
export class Answer {
  /** Token ids of the whole conversation, up to where the answer begins. */
  private prompt: readonly number[] = [];
  private reused = 0;
  private text = '';
  private tokens = 0;
  private readonly sampling: ResolvedSampling;
  private readonly stops: StopStrings;
  private readonly clock = new AnswerClock();

  /** @throws EngineError REQUEST_INVALID, PROMPT_EMPTY */
  constructor(
    private readonly state: ChatState,
    private readonly template: ChatTemplate,
    private readonly request: GenerateRequest,
  ) {
    checkRequest(request);
    this.sampling = resolveSampling(request.sampling);
    this.stops = new StopStrings(request.stop ?? [], template.stopStrings);
  }

  result(): GenerateResult {
    return {
      text: this.text,
      promptTokens: this.prompt.length,
      reusedTokens: this.reused,
      completionTokens: this.tokens,
      seed: this.sampling.seed,
      timings: this.clock.timings(),
      kv: this.kv(),
    };
  }

  /** Everything up to the answer's end in `done` or `aborted`; a failure is thrown. */
  async *run(signal?: AbortSignal): AsyncGenerator<EngineEvent, void, void> {
    const read = await this.tokenizePrompt(signal);
    const logits = read ? yield* this.readPrompt(signal) : null;
    if (logits) yield* this.write(logits, signal);
    else yield { type: 'aborted', result: this.result() };
  }

  /** False when stopped. */
  private async tokenizePrompt(signal?: AbortSignal): Promise<boolean> {
    const { addBos, ...text } = this.template.render(this.request.messages);
    try {
      this.prompt = await this.state.tokenizer.encodeAsync(text, { addBos, signal });
    } catch (thrown) {
      if (signal?.aborted) return false;
      throw thrown;
    }
    checkLength(this.prompt.length, this.state.cache.contextLength);
    return true;
  }

  /** → logits after the prompt, [vocabSize]; null when stopped. */
  private async *readPrompt(signal?: AbortSignal): AsyncGenerator<EngineEvent, Float32Array | null, void> {
    const { reader, cache, cachedTokens } = this.state;
    const { prompt } = this;
    const unchanged = Math.min(commonPrefixLength(cachedTokens, prompt), Math.max(0, prompt.length - MIN_PREFILL));
    this.reused = reader.reusable(unchanged);
    cache.truncate(this.reused);
    cachedTokens.length = this.reused;
    yield this.prefillEvent(this.reused);
    const steps = reader.read(prompt, this.reused);
    for (;;) {
      if (signal?.aborted) return null;
      const step = await steps.next();
      if (step.done) {
        this.clock.prefillDone();
        return step.value;
      }
      const { processed, cached } = step.value;
      for (const token of prompt.slice(cachedTokens.length, cached)) cachedTokens.push(token);
      yield this.prefillEvent(processed);
    }
  }

  private async *write(promptLogits: Float32Array, signal?: AbortSignal): AsyncGenerator<EngineEvent, void, void> {
    const { reader, cachedTokens, tokenizer } = this.state;
    const history = new TokenHistory(promptLogits.length, this.prompt);
    const sampler = new Sampler(this.sampling, seededRandom(this.sampling.seed), promptLogits.length);
    const detokenizer = tokenizer.detokenizer();
    let logits = promptLogits;
    let stopReason: StopReason | null = null;
    while (!signal?.aborted) {
      const token = sampler.sample(logits, history);
      if (tokenizer.endTokenIds.includes(token)) {
        stopReason = 'endToken';
        break;
      }
      this.tokens++;
      this.clock.token();
      history.add(token);
      const { text, matched } = this.stops.push(detokenizer.push(token));
      yield this.tokenEvent(text);
      if (matched !== null) return yield { type: 'done', stopReason: 'stopString', result: this.result() };
      stopReason = this.limitReached();
      if (stopReason || signal?.aborted) break;
      logits = await reader.decoder.run([token], cachedTokens.length);
      cachedTokens.push(token);
    }
    // What was held back, in case it became a stop string or a whole character.
    const rest = this.stops.push(detokenizer.flush()).text + this.stops.flush();
    if (rest) yield this.tokenEvent(rest);
    const result = this.result();
    yield stopReason ? { type: 'done', stopReason, result } : { type: 'aborted', result };
  }

  private limitReached(): StopReason | null {
    if (this.tokens === this.request.maxTokens) return 'maxTokens';
    return this.state.cachedTokens.length === this.state.cache.contextLength ? 'contextFull' : null;
  }

  private prefillEvent(processed: number): EngineEvent {
    return { type: 'prefill', processed, total: this.prompt.length, reused: this.reused, kv: this.kv() };
  }

  private tokenEvent(text: string): EngineEvent {
    this.text += text;
    return { type: 'token', text, tokens: this.tokens, timings: this.clock.timings(), kv: this.kv() };
  }

  private kv() {
    const seen = this.state.cachedTokens.length;
    return kvStats(this.state.cache, seen, Math.max(0, seen - this.prompt.length));
  }
}

function commonPrefixLength(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((token, i) => token !== b[i]);
  return differing < 0 ? a.length : differing;
}
