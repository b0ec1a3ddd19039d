import { countBefore } from '../../kv/cache-memory.js';
import type { KvCache } from '../../kv/kv-cache.js';
import { apart, type TokenSpan } from '../../kv/token-span.js';

const SINKS = 4;
/** Of what stays, the newest that do without being needed. */
const RECENT_SHARE = 0.25;

/** What a chat's cache has seen. */
export interface SeenText {
  tokens: readonly number[];
  pinned: readonly TokenSpan[];
  /** Where the present answer begins. */
  answerStart: number;
}

/** What stays where a share of all tokens is to, however little it is needed to say the text again. */
export function protectedSpans(share: number, { tokens: { length }, pinned, answerStart }: SeenText): TokenSpan[] {
  const windowStart = Math.min(answerStart, length - Math.ceil(RECENT_SHARE * share * length));
  return apart([{ from: 0, to: SINKS }, ...pinned, { from: windowStart, to: length }]);
}

/** Most bytes in use once a share of all tokens was to stay: more than that share where what is protected is more. */
export function bytesLeft(share: number, cache: KvCache, text: SeenText): number {
  const { numLayers } = cache.shape;
  const spans = protectedSpans(share, text);
  const wanted = Math.floor(share * text.tokens.length * numLayers);
  const kept = Array.from({ length: numLayers }, (_, layer) => protectedRows(cache, layer, spans));
  const rows = Math.max(
    wanted,
    kept.reduce((sum, count) => sum + count, 0),
  );
  return Math.min(cache.bytesInUse, rows * cache.bytesPerToken + numLayers * cache.scaleBytes);
}

/** Rows that each head of a layer has to keep: as many as the one that holds most of the spans. */
function protectedRows(cache: KvCache, layer: number, spans: readonly TokenSpan[]): number {
  const counts = cache.positionsByHead(layer).map((places) => {
    const before = (position: number) => countBefore(places, places.length, position);
    return spans.reduce((sum, { from, to }) => sum + before(to) - before(from), 0);
  });
  return Math.max(...counts);
}
