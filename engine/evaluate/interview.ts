import { EngineError } from '../errors.js';
import type { ChatMemory } from '../runtime/chat-memory.js';
import type { Runtime } from '../runtime/load-runtime.js';
import type { ChatMessage } from '../types.js';
import type { Compacting } from './compacting.js';
import { likeliest } from './distributions.js';
import { readPrompt } from './memories.js';
import type { RetrievalMode } from './retrieval.js';
import type { RetrievalCase, RetrievalQuestion } from './retrieval-cases.js';
import { encodeText } from './windows.js';

export interface Answer {
  /** The user's turn that asks, the first being 1. */
  turn: number;
  /** The given beginning and what the model wrote behind it. */
  reply: string;
  /** The answer stands in what the model wrote. */
  right: boolean;
  /** Σ cached tokens / (layers · tokens seen) when the question had been read. */
  keptFraction: number;
}

/** The answers to a case's questions, in their order. */
export type AnsweredCase = readonly Answer[];

/** Most tokens that the model writes of an answer, as many as a short fact needs. */
const ANSWER_TOKENS = 16;
/** The assistant's reply to a text that is asked about in later turns; given, not generated. */
const READ = 'I have read it.';

export interface InterviewOptions {
  mode: RetrievalMode;
  /** The memory drops and rounds nothing: what is cached of a text is what reading it anew would give. */
  exact: boolean;
  /** What is done to the memory between a text and the questions of later turns. */
  compacting?: Compacting;
}

/**
 * Asks about texts in chats, greedily answered.
 *
 * `ask`: each question stands behind the text, in one prompt, in a chat of its own. `later`: the text is the first turn,
 * and the questions follow turn by turn, with the earlier questions and the model's own replies before them.
 */
export class Interview {
  constructor(
    private readonly runtime: Runtime,
    private readonly memory: ChatMemory,
    private readonly options: InterviewOptions,
  ) {}

  /**
   * @param number of the case, from 1, for errors
   * @throws EngineError CASES_INVALID if the context cannot hold the chat; the signal's reason
   */
  async hold(asked: RetrievalCase, number: number, signal?: AbortSignal): Promise<AnsweredCase> {
    this.memory.clear();
    return this.options.mode === 'ask' ? this.askEach(asked, number, signal) : this.askLater(asked, number, signal);
  }

  private async askEach({ context, questions }: RetrievalCase, number: number, signal?: AbortSignal) {
    const answers: Answer[] = [];
    for (const question of questions) {
      // Compressed in view of another question, the text would not be what this one alone would find.
      if (!this.options.exact) this.memory.clear();
      const messages: ChatMessage[] = [{ role: 'user', content: `${context}\n\n${question.question}` }];
      answers.push(await this.ask(messages, question, 1, number, signal));
    }
    return answers;
  }

  private async askLater({ context, questions }: RetrievalCase, number: number, signal?: AbortSignal) {
    const messages: ChatMessage[] = [{ role: 'user', content: context }];
    await this.read(messages, number, signal);
    // Token by token, as if the model had written it.
    for (const token of await encodeText(this.runtime.tokenizer, READ, signal)) await this.memory.append(token);
    messages.push({ role: 'assistant', content: READ });
    await this.options.compacting?.(this.memory, signal);
    const answers: Answer[] = [];
    for (const [index, question] of questions.entries()) {
      messages.push({ role: 'user', content: question.question });
      const answer = await this.ask(messages, question, index + 2, number, signal);
      messages.push({ role: 'assistant', content: answer.reply });
      answers.push(answer);
    }
    return answers;
  }

  private async ask(
    messages: readonly ChatMessage[],
    { answer, answerPrefix = '' }: RetrievalQuestion,
    turn: number,
    number: number,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const { tokenizer } = this.runtime;
    let logits = await this.read(messages, number, signal);
    const { keptFraction } = this.memory.stats();
    const given = await encodeText(tokenizer, answerPrefix, signal);
    for (const token of given) logits = await this.memory.append(token);
    const written: number[] = [];
    while (written.length < ANSWER_TOKENS) {
      signal?.throwIfAborted();
      const token = likeliest(logits);
      if (tokenizer.endTokenIds.includes(token)) break;
      written.push(token);
      if (written.length < ANSWER_TOKENS) logits = await this.memory.append(token);
    }
    const right = tokenizer.decode(written).includes(answer);
    // Together, because a character may be spread over tokens on both sides.
    return { turn, reply: tokenizer.decode([...given, ...written]), right, keptFraction };
  }

  private async read(messages: readonly ChatMessage[], number: number, signal?: AbortSignal): Promise<Float32Array> {
    const { tokenizer, template, contextLength } = this.runtime;
    const { addBos, ...text } = template.render(messages);
    const prompt = await tokenizer.encodeAsync(text, { addBos, signal });
    // An answer's given beginning is short; what it takes is left out of account.
    if (prompt.length + 2 * ANSWER_TOKENS > contextLength) {
      throw new EngineError(
        'CASES_INVALID',
        `Case ${number} needs ${prompt.length} tokens before an answer of ${ANSWER_TOKENS}; the context holds ` +
          `${contextLength}. Use shorter texts or fewer questions.`,
        { case: number, tokens: prompt.length, contextLength },
      );
    }
    return readPrompt(this.memory, prompt, signal);
  }
}
