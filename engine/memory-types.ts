import type { TokenSpan } from './kv/token-span.js';
import type { ChatCompression } from './types.js';

/** Element type of stored K/V; int8 has one float32 scale for each channel of each head. */
export type KvType = 'int8' | 'float16' | 'float32';

/** Tokens of a layer's cache, each counted once, as the first of these that it is. */
export interface KvParts {
  /** First tokens of the text. */
  sinks: number;
  /** Of the system prompt and of pinned messages: never dropped. */
  pinned: number;
  /** Written by the running or last answer. */
  generated: number;
  /** In the recent window of the last prompt, which is kept whole. */
  recent: number;
  /** Chosen by attention, or there because nothing had to be dropped. */
  context: number;
}

/** One layer's cache. Bytes are K and V together. */
export interface KvLayerStats {
  /** Tokens whose K/V this layer holds; each of its heads as many, but maybe others. */
  tokens: number;
  /** Of these tokens; of others in each head, those of the first. */
  parts: KvParts;
  /**
   * Of the attention that decided what this layer dropped last, the share (0 … 1) that went to what was dropped; null:
   * nothing was dropped, or not by attention.
   */
  lostAttention: number | null;
  /** Places in the text of the oldest and the newest token held; null: none is. */
  oldest: number | null;
  newest: number | null;
  /** Bytes of all of them. */
  bytes: number;
  /** Bytes of the buffers as allocated. */
  bytesAllocated: number;
}

export interface KvStats {
  /** Tokens that the model has read or written in this chat. */
  tokensSeen: number;
  /** Tokens that fit the context. */
  contextLength: number;
  bytesInUse: number;
  bytesAllocated: number;
  /** What a full fp16 cache of `tokensSeen` tokens takes. */
  fullFp16Bytes: number;
  /** Σ cached tokens / (layers · tokensSeen), 1 for an empty cache. */
  keptFraction: number;
  /** Element type of the stored K/V. */
  dtype: KvType;
  /** What the cache is under since it was last read anew. */
  compression: ChatCompression;
  /** Most bytes in use that this compression allows for the tokens seen; null: it drops nothing. */
  budgetBytes: number | null;
  /** Tokens of `tokensSeen` that the running or last answer wrote. */
  generatedTokens: number;
  /** A prompt is being read: layers that it has not reached yet hold none of what is new in it. */
  reading: boolean;
  /** How often tokens were dropped since this cache was made: once with each prompt that was read, then from answers. */
  drops: number;
  /** Layer 0 first. */
  layers: KvLayerStats[];
}

export interface MemoryRoom {
  /** Left where K and V are: of the device's memory, or of the computer's. */
  freeBytes: number;
  /** What the model and its cache take of a device's memory; null: it runs on the processor. */
  deviceBytes: number | null;
}

/** The text of this chat as the model has it, token by token, and which layers hold each token. */
export interface TextMemory {
  /** All tokens' text, without control tokens. */
  text: string;
  /** Where in `text` each token ends, UTF-16 units; one that only begins a character ends where it begins. [tokens] */
  ends: Uint32Array<ArrayBuffer>;
  /** Layers that hold each token, in some head at least. [tokens] */
  depths: Uint16Array<ArrayBuffer>;
  /** K/V rows of each token: one for each head of each layer that holds it. All rows are of one size. [tokens] */
  rows: Uint16Array<ArrayBuffer>;
  /** K/V heads of a layer: it holds as many rows of a token at most. */
  heads: number;
  /** By layer, bit i % 8 of byte ⌊i / 8⌋: it holds token i. */
  held: Uint8Array<ArrayBuffer>[];
  /**
   * The turn (1 = first message of the user) in which a layer last dropped each token, of those since the chat was last
   * read from its beginning; 0: none did. [tokens]
   */
  droppedIn: Uint16Array<ArrayBuffer>;
  /** By layer: which of the `drops` of `KvStats` (1 = first) took each token; 0: the layer holds it. [layers][tokens] */
  droppedAt: Uint32Array<ArrayBuffer>[];
  /** Tokens that are never dropped, as the last prompt was sent; ascending, apart. */
  pinned: readonly TokenSpan[];
  /** To read all of it again, by what this machine took for the prompts before; null: it has read none with this model. */
  rereadMs: number | null;
}
