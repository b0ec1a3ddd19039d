import type { Compression } from '../kv/compression.js';
import type { ChatMemory } from '../runtime/chat-memory.js';
import { Answer } from '../runtime/generate.js';
import type { Runtime } from '../runtime/load-runtime.js';
import { resolveSampling } from '../sampling/sampling-options.js';
import { tokenText } from '../text/token-text.js';
import type { Tokenizer } from '../text/tokenizer.js';
import type { ComparisonEvent, Divergence, GenerateRequest, SideName } from '../types.js';
import { alongContinuation } from './continuation.js';
import { likeliest } from './distributions.js';
import { readPrompt, withMemories } from './memories.js';

type ComparedRuntime = Pick<Runtime, 'createMemory' | 'tokenizer' | 'template'>;

/** A reply as it was written. */
interface Reply {
  tokens: number[];
  /** The likeliest token at the place of each of `tokens`, whichever was drawn. */
  choices: number[];
  promptTokens: number;
}

/**
 * Answers a request with the full cache, then under a compression, by the same seed; and counts, along the second
 * reply, how often the full cache would have found the same next token likeliest. A failure is thrown.
 */
export async function* compareAnswers(
  runtime: ComparedRuntime,
  sides: Record<SideName, Compression>,
  request: GenerateRequest,
  signal: AbortSignal,
): AsyncGenerator<ComparisonEvent, void, void> {
  const { seed } = resolveSampling(request.sampling);
  const seeded = { ...request, sampling: { ...request.sampling, seed } };
  yield* withMemories<ComparisonEvent>(runtime, [sides.full, sides.compressed], async function* ([full, compressed]) {
    const reference = yield* writeSide('full', full, runtime, seeded, signal);
    const reply = reference && (yield* writeSide('compressed', compressed, runtime, seeded, signal));
    if (!reference || !reply) return yield { type: 'aborted' };
    const divergence = divergenceOf(reference.tokens, reply.tokens, runtime.tokenizer);
    yield { type: 'written', divergence };
    const mustCheck = divergence && reply.tokens.length > 0;
    yield* mustCheck ? checkChoices(full, reply, signal) : agreementOf(reply.choices, reference.choices);
  });
}

/** → what was written; null when stopped. */
async function* writeSide(
  side: SideName,
  memory: ChatMemory,
  text: ComparedRuntime,
  request: GenerateRequest,
  signal: AbortSignal,
): AsyncGenerator<ComparisonEvent, Reply | null, void> {
  const reply: Reply = { tokens: [], choices: [], promptTokens: 0 };
  const answer = new Answer(memory, text, request, (token, logits) => {
    reply.tokens.push(token);
    reply.choices.push(likeliest(logits));
  });
  for await (const event of answer.run(signal)) {
    yield { type: 'side', side, event };
    if (event.type === 'aborted') return null;
    if (event.type === 'done') reply.promptTokens = event.result.promptTokens;
  }
  return reply;
}

/** Null: the replies are the same. */
function divergenceOf(a: readonly number[], b: readonly number[], tokenizer: Tokenizer): Divergence | null {
  const differing = a.findIndex((token, i) => token !== b[i]);
  if (differing < 0 && a.length === b.length) return null;
  const sameTokens = differing < 0 ? a.length : differing;
  const { ends } = tokenText(a.slice(0, sameTokens), tokenizer);
  return { sameTokens, sameLength: ends.at(-1) ?? 0 };
}

/** Token by token, as the reply was written: one row is rounded otherwise than several. */
async function* checkChoices(
  full: ChatMemory,
  { tokens, choices, promptTokens }: Reply,
  signal: AbortSignal,
): AsyncGenerator<ComparisonEvent, void, void> {
  const found: number[] = [];
  const promptLogits = await readPrompt(full, full.tokens.slice(0, promptTokens), signal);
  for await (const { logits } of alongContinuation(full, promptLogits, tokens, { oneByOne: true, signal })) {
    found.push(likeliest(logits));
    yield { type: 'checking', places: found.length, total: tokens.length };
  }
  yield* agreementOf(choices, found);
}

function* agreementOf(choices: readonly number[], found: readonly number[]): Generator<ComparisonEvent, void, void> {
  const agreeing = choices.filter((choice, i) => choice === found[i]).length;
  yield { type: 'done', agreement: { places: choices.length, agreeing } };
}
