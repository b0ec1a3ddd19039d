import { setImmediate } from 'node:timers/promises';
import { EngineError } from '../errors.js';
import { AddedTokenSplitter } from './added-token-splitter.js';
import { BytePairEncoder } from './byte-pair-encoder.js';
import { StreamingDetokenizer } from './streaming-detokenizer.js';
import { TokenBytes } from './token-bytes.js';
import type { TokenizerFiles } from './tokenizer-files.js';
import { type AddedToken, parseTokenizerJson } from './tokenizer-json.js';
import { WordSplitter } from './word-splitter.js';

export interface EncodeOptions {
  /** Begin with the bos token, if the model has one. */
  addBos?: boolean;
}

/** Text with control tokens in it, some of whose stretches were made harmless by `Tokenizer.guard`. */
export interface GuardedText {
  text: string;
  /** Stands within what would be control tokens in guarded stretches; taken out before tokenizing. */
  guard: string;
}

const MAX_TOKEN_ID = 1 << 24;
/** Other work of the process waits no longer than this for a long text. */
const STEP_MS = 8;

/**
 * Text to token ids and back; words are split by @huggingface/tokenizers.
 *
 * Control tokens (`<|im_end|>`) are recognised wherever they stand in text that is encoded. What users typed must
 * therefore pass `guard` before it becomes part of a prompt: it then cannot end its turn or speak as the system.
 * Added tokens that are not control tokens (`<think>`, runs of spaces) are recognised everywhere.
 * Lone surrogates become U+FFFD.
 */
export class Tokenizer {
  readonly vocabSize: number;
  /** Ids that end an answer, ascending. */
  readonly endTokenIds: readonly number[];
  readonly bosTokenId: number | null;
  /** The model reads texts with the bos token before them. */
  readonly addsBos: boolean;
  private readonly addedTokens: AddedTokenSplitter;
  private readonly words: WordSplitter;
  private readonly bytePairs: BytePairEncoder;
  private readonly tokenBytes: TokenBytes;
  private readonly addedIds: ReadonlyMap<string, number>;

  /** @throws MODEL_TOKENIZER_UNSUPPORTED if the files ask for something that we cannot do as they say */
  constructor(files: TokenizerFiles) {
    const json = parseTokenizerJson(files.tokenizerJson);
    const vocab = Object.entries(json.model.vocab);
    this.vocabSize = checkedVocabSize(vocab, json.added_tokens);
    const controlTokens = json.added_tokens.filter(({ special }) => special).map(({ content }) => content);
    this.words = supported(() => new WordSplitter(json));
    const { byteLevel } = this.words;
    this.bytePairs = supported(() => new BytePairEncoder(json.model, vocab, byteLevel, controlTokens));
    this.addedTokens = new AddedTokenSplitter(json.added_tokens);
    this.tokenBytes = new TokenBytes(json, this.bytePairs.tokens);
    this.addedIds = new Map(json.added_tokens.map(({ content, id }) => [content, id]));
    this.bosTokenId = files.bosToken === null ? null : this.tokenId(files.bosToken);
    this.addsBos = files.addBosToken;
    this.endTokenIds = files.endTokenIds;
  }

  encode(text: string | GuardedText, options: EncodeOptions = {}): number[] {
    const ids: number[] = [];
    for (const _ of this.encodeSteps(text, options, ids));
    return ids;
  }

  /**
   * As `encode`, in steps of a few milliseconds between which other work runs.
   *
   * @throws the signal's reason once it is aborted
   */
  async encodeAsync(
    text: string | GuardedText,
    { signal, ...options }: EncodeOptions & { signal?: AbortSignal } = {},
  ): Promise<number[]> {
    const ids: number[] = [];
    signal?.throwIfAborted();
    let stepEnd = performance.now() + STEP_MS;
    for (const _ of this.encodeSteps(text, options, ids)) {
      if (performance.now() < stepEnd) continue;
      await setImmediate();
      signal?.throwIfAborted();
      stepEnd = performance.now() + STEP_MS;
    }
    return ids;
  }

  /** Text of the ids, without control tokens. */
  decode(ids: readonly number[]): string {
    const detokenizer = this.detokenizer();
    let text = '';
    for (const id of ids) text += detokenizer.push(id);
    return text + detokenizer.flush();
  }

  detokenizer({ atStart = true } = {}): StreamingDetokenizer {
    return new StreamingDetokenizer(this.tokenBytes, atStart);
  }

  /** Id of the token written exactly so, null if there is none. */
  tokenId(token: string): number | null {
    return this.addedIds.get(token) ?? this.bytePairs.id(token) ?? null;
  }

  /** Stretches of text in which no control token will be recognised, and the guard that keeps them so. */
  guard(stretches: readonly string[]): { stretches: string[]; guard: string } {
    const guard = absentFrom(stretches);
    const wellFormed = stretches.map(toWellFormed);
    return { stretches: wellFormed.map((stretch) => this.addedTokens.breakControlTokens(stretch, guard)), guard };
  }

  private *encodeSteps(input: string | GuardedText, { addBos }: EncodeOptions, ids: number[]): Generator<void> {
    const { text, guard } = typeof input === 'string' ? { text: input, guard: '' } : input;
    if (addBos && this.bosTokenId !== null) ids.push(this.bosTokenId);
    const sections = this.addedTokens.split(toWellFormed(text));
    for (const [index, section] of sections.entries()) {
      if (typeof section === 'number') {
        ids.push(section);
        continue;
      }
      const unguarded = guard ? section.replaceAll(guard, '') : section;
      for (const words of this.words.blocks(unguarded, index === 0)) {
        yield* this.bytePairs.encode(words, ids);
        yield;
      }
    }
  }
}

/** A string of noncharacters and digits that none of the stretches contains. */
function absentFrom(stretches: readonly string[]): string {
  for (let number = 0; ; number++) {
    const guard = `\uFDD0${number}\uFDD1`;
    if (!stretches.some((stretch) => stretch.includes(guard))) return guard;
  }
}

function toWellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

function checkedVocabSize(vocab: readonly [string, number][], addedTokens: readonly AddedToken[]): number {
  let size = 0;
  const add = (token: string, id: unknown) => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= MAX_TOKEN_ID) {
      throw new EngineError(
        'MODEL_TOKENIZER_UNSUPPORTED',
        `The model's tokenizer gives "${token}" the id ${String(id)}.`,
      );
    }
    size = Math.max(size, id + 1);
  };
  for (const [token, id] of vocab) add(token, id);
  for (const { content, id } of addedTokens) add(content, id);
  if (size > 0) return size;
  throw new EngineError(
    'MODEL_TOKENIZER_UNSUPPORTED',
    "The model's tokenizer has no tokens. Download the model again.",
  );
}

/** Plain errors come from the library at parts of a tokenizer.json that it does not know, and from broken merges. */
function supported<T>(build: () => T): T {
  try {
    return build();
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(
      'MODEL_TOKENIZER_UNSUPPORTED',
      `The model's tokenizer cannot be used: ${reason}. Choose another model.`,
      undefined,
      { cause },
    );
  }
}
