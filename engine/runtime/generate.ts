import { TokenHistory } from '../sampling/penalties.js';
import { seededRandom } from '../sampling/random.js';
import { Sampler } from '../sampling/sampler.js';
import { type ResolvedSampling, resolveSampling } from '../sampling/sampling-options.js';
import type { ChatTemplate } from '../text/chat-template.js';
import { pinnedSpans } from '../text/pinned-spans.js';
import { StopStrings } from '../text/stop-strings.js';
import type { Tokenizer } from '../text/tokenizer.js';
import type { EngineEvent, GenerateRequest, GenerateResult, StopReason } from '../types.js';
import type { ChatMemory } from './chat-memory.js';
import { checkLength } from './check-length.js';
import { checkRequest } from './check-request.js';
import { AnswerClock } from './writing/answer-clock.js';

interface TextSide {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** Of the computer's memory; absent: not asked about. */
  freeBytes?(): number;
  /** As of ChatMemory.read. */
  tidies?: boolean;
}

/** One answer, from the request to its end. */
export class Answer {
  /** Token ids of the whole conversation, up to where the answer begins. */
  private prompt: readonly number[] = [];
  private reused = 0;
  private answer = '';
  private tokens = 0;
  private readonly sampling: ResolvedSampling;
  private readonly stops: StopStrings;
  private readonly clock = new AnswerClock();

  /** @throws EngineError REQUEST_INVALID, PROMPT_EMPTY */
  constructor(
    private readonly memory: ChatMemory,
    private readonly text: TextSide,
    private readonly request: GenerateRequest,
    /** Hears of each token that is written, and of the logits it was chosen by, [vocabSize]; good until it returns. */
    private readonly onToken?: (token: number, logits: Float32Array) => void,
  ) {
    checkRequest(request);
    this.sampling = resolveSampling(request.sampling);
    this.stops = new StopStrings(request.stop ?? [], text.template.stopStrings);
  }

  result(): GenerateResult {
    return {
      text: this.answer,
      promptTokens: this.prompt.length,
      reusedTokens: this.reused,
      completionTokens: this.tokens,
      seed: this.sampling.seed,
      timings: this.clock.timings(),
      kv: this.memory.stats(),
    };
  }

  /** Everything up to the answer's end in `done` or `aborted`; a failure is thrown. */
  async *run(signal?: AbortSignal): AsyncGenerator<EngineEvent, void, void> {
    const tokenized = await this.tokenizePrompt(signal);
    const logits = tokenized ? yield* this.readPrompt(signal) : null;
    if (logits) yield* this.write(logits, signal);
    else yield { type: 'aborted', result: this.result() };
  }

  /** As `run`, but all of the conversation is read anew, and nothing is written. */
  async *reread(signal?: AbortSignal): AsyncGenerator<EngineEvent, void, void> {
    const tokenized = await this.tokenizePrompt(signal, { answering: false });
    if (tokenized) this.memory.clear();
    const logits = tokenized ? yield* this.readPrompt(signal) : null;
    const result = this.result();
    yield logits ? { type: 'done', stopReason: 'read', result } : { type: 'aborted', result };
  }

  /** False when stopped. */
  private async tokenizePrompt(signal?: AbortSignal, options?: { answering: boolean }): Promise<boolean> {
    const { messages } = this.request;
    const { template, tokenizer } = this.text;
    const { addBos, ...text } = template.render(messages, options);
    try {
      this.prompt = await tokenizer.encodeAsync(text, { addBos, signal });
      await checkLength(this.prompt.length, this.memory.contextLength, { messages, tokenizer, signal });
    } catch (thrown) {
      if (signal?.aborted) return false;
      throw thrown;
    }
    return true;
  }

  /** → logits after the prompt, [vocabSize]; null when stopped. */
  private async *readPrompt(signal?: AbortSignal): AsyncGenerator<EngineEvent, Float32Array | null, void> {
    const { prompt, request, text } = this;
    const pinned = pinnedSpans(request.messages, prompt, text.template, text.tokenizer);
    const turn = request.messages.filter(({ role }) => role === 'user').length;
    const steps = this.memory.read(prompt, {
      pinned,
      turn,
      freeBytes: text.freeBytes?.(),
      tidies: text.tidies,
      signal,
    });
    try {
      for (;;) {
        const step = await steps.next();
        if (step.done) {
          this.clock.prefillDone();
          yield this.prefillEvent(prompt.length);
          return step.value;
        }
        this.reused = step.value.reused;
        yield this.prefillEvent(step.value.processed);
      }
    } catch (thrown) {
      if (signal?.aborted) return null;
      throw thrown;
    } finally {
      // Left before its end, the memory must forget what only some layers hold.
      await steps.return(new Float32Array());
    }
  }

  private async *write(promptLogits: Float32Array, signal?: AbortSignal): AsyncGenerator<EngineEvent, void, void> {
    const { memory } = this;
    const { tokenizer } = this.text;
    const history = new TokenHistory(promptLogits.length, this.prompt);
    const sampler = new Sampler(this.sampling, seededRandom(this.sampling.seed), promptLogits.length);
    const detokenizer = tokenizer.detokenizer({ atStart: this.request.messages.at(-1)?.role !== 'assistant' });
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
      this.onToken?.(token, logits);
      history.add(token);
      const { text, matched } = this.stops.push(detokenizer.push(token));
      yield this.tokenEvent(text);
      if (matched !== null) return yield { type: 'done', stopReason: 'stopString', result: this.result() };
      stopReason = this.limitReached();
      if (stopReason || signal?.aborted) break;
      logits = await memory.append(token);
    }
    // What was held back, in case it became a stop string or a whole character.
    const rest = this.stops.push(detokenizer.flush()).text + this.stops.flush();
    if (rest) yield this.tokenEvent(rest);
    const result = this.result();
    yield stopReason ? { type: 'done', stopReason, result } : { type: 'aborted', result };
  }

  private limitReached(): StopReason | null {
    if (this.tokens === this.request.maxTokens) return 'maxTokens';
    return this.memory.tokens.length === this.memory.contextLength ? 'contextFull' : null;
  }

  private prefillEvent(processed: number): EngineEvent {
    return { type: 'prefill', processed, total: this.prompt.length, reused: this.reused, kv: this.memory.stats() };
  }

  private tokenEvent(text: string): EngineEvent {
    this.answer += text;
    return { type: 'token', text, tokens: this.tokens, timings: this.clock.timings(), kv: this.memory.stats() };
  }
}
