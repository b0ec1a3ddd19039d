import { BYTE_CHARACTERS, toByteLevel } from './byte-level.js';
import { MergeTable } from './merge-table.js';
import type { TokenizerJson } from './tokenizer-json.js';

/** Merges between two yields: about a millisecond. */
const STEP_MERGES = 4096;
const MAX_CACHED_LENGTH = 64;
const MAX_CACHED_WORDS = 16_384;
const NONE = -1;
const RANK_UNIT = 2 ** 32;

/**
 * Byte pair encoding: of all neighbours that merge, those with the lowest rank do first, the leftmost of equals.
 *
 * Our own, as the one of @huggingface/tokenizers takes up to 8 s for a single word of 1 MB and cannot be interrupted.
 *
 * Source: Sennrich et al. 2016, section 3.2; the tests compare it with @huggingface/tokenizers
 */
export class BytePairEncoder {
  /** Token strings by id. */
  readonly tokens: readonly (string | undefined)[];
  private readonly ids: ReadonlyMap<string, number>;
  private readonly unknownId: number | undefined;
  private readonly merges: MergeTable;
  /** Ids of the tokens of single bytes, −1 for none. [256] */
  private readonly byteIds: Int32Array;
  private readonly words = new Map<string, readonly number[]>();

  /**
   * @param vocab entries of the model's vocabulary
   * @param byteLevel the symbols of a word are its bytes, else its characters
   * @param controlTokens tokens that no text merges into
   */
  constructor(
    private readonly model: Omit<TokenizerJson['model'], 'vocab'>,
    vocab: readonly [string, number][],
    private readonly byteLevel: boolean,
    controlTokens: Iterable<string>,
  ) {
    const ids = new Map(vocab);
    const tokens: string[] = [];
    for (const [token, id] of vocab) tokens[id] = token;
    this.ids = ids;
    this.tokens = tokens;
    this.unknownId = model.unk_token == null ? undefined : ids.get(model.unk_token);
    for (const token of controlTokens) ids.delete(token);
    this.byteIds = Int32Array.from(BYTE_CHARACTERS, (character) => ids.get(character) ?? NONE);
    this.merges = new MergeTable(model.merges.length);
    model.merges.forEach((merge, rank) => {
      const [left, right] = typeof merge === 'string' ? merge.split(' ', 2) : merge;
      const [leftId, rightId, merged] = [ids.get(left), ids.get(right), ids.get(left + right)];
      if (leftId === undefined || rightId === undefined || merged === undefined) return;
      this.merges.add(leftId, rightId, rank, merged);
    });
  }

  id(token: string): number | undefined {
    return this.ids.get(token);
  }

  /** Adds the ids of the words to `ids`, pausing now and then within long ones. */
  *encode(words: readonly string[], ids: number[]): Generator<void> {
    for (const word of words) {
      const known = this.words.get(word) ?? this.wholeWord(word);
      if (known) {
        for (const id of known) ids.push(id);
        continue;
      }
      const start = ids.length;
      yield* this.merge(word, ids);
      if (word.length <= MAX_CACHED_LENGTH) this.remember(word, ids.slice(start));
    }
  }

  private wholeWord(word: string): readonly number[] | null {
    if (!this.model.ignore_merges || word.length > MAX_CACHED_LENGTH) return null;
    const id = this.ids.get(this.byteLevel ? toByteLevel(word) : word);
    return id === undefined ? null : [id];
  }

  private remember(word: string, ids: readonly number[]): void {
    if (this.words.size >= MAX_CACHED_WORDS) this.words.clear();
    this.words.set(word, ids);
  }

  private *merge(word: string, ids: number[]): Generator<void> {
    const characters = this.byteLevel ? null : Array.from(word);
    const symbols = new SymbolChain(characters ? this.characterIds(characters) : this.idsOfBytes(word), this.merges);
    for (let steps = 1; symbols.offerNext(); steps++) if (steps % STEP_MERGES === 0) yield;
    for (let steps = 1; symbols.mergeBest(); steps++) if (steps % STEP_MERGES === 0) yield;
    for (let position = 0; position < symbols.count; position = symbols.after(position)) {
      const id = symbols.at(position);
      if (id !== NONE) ids.push(id);
      else if (characters) this.pushUnknown(characters[position], ids);
    }
  }

  private idsOfBytes(word: string): Int32Array {
    const bytes = Buffer.from(word);
    const ids = new Int32Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) ids[i] = this.byteIds[bytes[i]];
    return ids;
  }

  private characterIds(characters: readonly string[]): Int32Array {
    return Int32Array.from(characters, (character) => this.ids.get(character) ?? NONE);
  }

  private pushUnknown(character: string, ids: number[]): void {
    const bytes = this.model.byte_fallback ? this.bytesOf(character) : null;
    if (bytes) {
      ids.push(...bytes);
    } else if (this.unknownId !== undefined && !(this.model.fuse_unk && ids.at(-1) === this.unknownId)) {
      ids.push(this.unknownId);
    }
  }

  /** Ids of `<0xE2>` and the like; null if the vocabulary lacks one. */
  private bytesOf(character: string): number[] | null {
    const ids: number[] = [];
    for (const byte of Buffer.from(character)) {
      const id = this.ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
      if (id === undefined) return null;
      ids.push(id);
    }
    return ids;
  }
}

/** The symbols of one word while they merge: a linked list, and a heap of the pairs that may merge. */
class SymbolChain {
  /** Position of the next symbol, the count at the end. [count] */
  private readonly next: Int32Array;
  /** Position of the symbol before, −1 at the start. [count] */
  private readonly previous: Int32Array;
  /** Rank of the pair that begins here, −1 if it does not merge. [count] */
  private readonly ranks: Int32Array;
  /** rank · 2³² + position: the lowest is merged first. */
  private readonly heap: number[] = [];

  private offered = 0;
  readonly count: number;

  constructor(
    /** Token ids by position, −1 for none. [count] */
    private readonly symbols: Int32Array,
    private readonly merges: MergeTable,
  ) {
    this.count = symbols.length;
    this.next = new Int32Array(this.count);
    this.previous = new Int32Array(this.count);
    this.ranks = new Int32Array(this.count);
  }

  /** Takes up the next symbol; false when all are. Must be done before merging. */
  offerNext(): boolean {
    const position = this.offered++;
    if (position >= this.count) return false;
    this.next[position] = position + 1;
    this.previous[position] = position - 1;
    this.offer(position);
    return true;
  }

  /** Token id at the position, −1 for none. */
  at(position: number): number {
    return this.symbols[position];
  }

  /** Position of the symbol after the one here; the count at the end. */
  after(position: number): number {
    return this.next[position];
  }

  /** Merges the pair of the lowest rank; false when none is left. */
  mergeBest(): boolean {
    const { symbols, next, previous, ranks } = this;
    for (let entry = this.pop(); entry !== undefined; entry = this.pop()) {
      const position = entry % RANK_UNIT;
      // Pairs whose symbols have merged since are still in the heap.
      if (ranks[position] !== Math.floor(entry / RANK_UNIT)) continue;
      const right = next[position];
      symbols[position] = this.merges.mergedAt(this.merges.find(symbols[position], symbols[right]));
      ranks[right] = NONE;
      next[position] = next[right];
      if (next[right] < this.count) previous[next[right]] = position;
      this.offer(position);
      if (previous[position] >= 0) this.offer(previous[position]);
      return true;
    }
    return false;
  }

  /** Looks up the pair that begins at `position` and puts it into the heap if it merges. */
  private offer(position: number): void {
    const left = this.symbols[position];
    const right = this.next[position] < this.count ? this.symbols[this.next[position]] : NONE;
    const rank = left === NONE || right === NONE ? NONE : this.merges.rankAt(this.merges.find(left, right));
    this.ranks[position] = rank;
    if (rank !== NONE) this.push(rank * RANK_UNIT + position);
  }

  private push(entry: number): void {
    const { heap } = this;
    let hole = heap.length;
    for (let parent = (hole - 1) >> 1; hole > 0 && heap[parent] > entry; parent = (hole - 1) >> 1) {
      heap[hole] = heap[parent];
      hole = parent;
    }
    heap[hole] = entry;
  }

  private pop(): number | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return last;
    let hole = 0;
    for (let child = 1; child < heap.length; child = 2 * hole + 1) {
      if (child + 1 < heap.length && heap[child + 1] < heap[child]) child++;
      if (heap[child] >= last) break;
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = last;
    return first;
  }
}
