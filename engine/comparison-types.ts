import type { EngineErrorShape } from './errors.js';
import type { EngineEvent, GenerateRequest } from './types.js';

/** `full`: with the full float32 cache, which drops nothing; `compressed`: under the request's own compression. */
export type SideName = 'full' | 'compressed';

export interface ComparisonRequest extends GenerateRequest {
  /** How long a reply is expected to become, tokens: what there must be room for. */
  replyTokens: number;
}

/** What a comparison will take. Bytes of K and V are those behind a reply of `replyTokens`. */
export interface ComparisonForecast {
  promptTokens: number;
  replyTokens: number;
  /** Of each side: both are held until the end, beside the chat in memory. */
  kvBytes: Record<SideName, number>;
  /** To read the prompt once, by what this machine took for the prompts before; null: it has read none. */
  firstTokenMs: number | null;
}

/** Where two replies begin to differ. */
export interface Divergence {
  /** Tokens that both begin with. */
  sameTokens: number;
  /** UTF-16 units of both texts that these make up. */
  sameLength: number;
}

/** Along a reply, with all tokens before each of its places given. */
export interface Agreement {
  places: number;
  /** Where the full cache and the compressed one find the same next token likeliest. */
  agreeing: number;
}

/** Every comparison ends with exactly one of `done`, `aborted`, `error`. */
export type ComparisonEvent =
  /** One side after the other, each with its `done`; a side that is stopped ends in `aborted`, as then the comparison. */
  | { type: 'side'; side: SideName; event: EngineEvent }
  /** Both sides are written; null: with the same tokens. */
  | { type: 'written'; divergence: Divergence | null }
  /** The compressed side's reply is being fed to the full cache. */
  | { type: 'checking'; places: number; total: number }
  | { type: 'done'; agreement: Agreement }
  | { type: 'aborted' }
  | { type: 'error'; error: EngineErrorShape };

export interface ComparisonOptions {
  /** Memory that both caches may take together; default: no limit. */
  freeBytes?: number;
  signal?: AbortSignal;
}

/** What an engine does to compare. */
export interface Comparing {
  /**
   * The same request twice from its beginning, side by side with the full cache; then how far the two agree along the
   * compressed side's reply. Both run on memories of their own: the chat in memory stays as it is. One at a time, as
   * answers are.
   */
  compare(request: ComparisonRequest, options?: ComparisonOptions): AsyncGenerator<ComparisonEvent, void, void>;
  /** @throws EngineError as `compare` would end before it reads: OUT_OF_MEMORY where `freeBytes` do not suffice */
  forecastComparison(request: ComparisonRequest, options?: ComparisonOptions): Promise<ComparisonForecast>;
}
