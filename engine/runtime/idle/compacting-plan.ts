import { countBefore } from '../../kv/cache-memory.js';
import type { KvCache } from '../../kv/kv-cache.js';
import { countsByShare } from '../../kv/one-budget.js';
import { presetConfig } from '../../kv/presets.js';
import { apart, type TokenSpan } from '../../kv/token-span.js';
import type { ModelSessions } from '../model-sessions.js';

const SINKS = 4;
/** Of what stays, the newest that do without being needed. */
const RECENT_SHARE = 0.4;

/** What a chat's cache has seen. */
export interface SeenText {
  tokens: readonly number[];
  pinned: readonly TokenSpan[];
  /** Where the present answer begins. */
  answerStart: number;
}

/** What compacting will leave. */
export interface CompactingPlan {
  /** Of each layer; where the model has no profile, as if all were to hold as many: which needs more is found by the pass. */
  rows: number[];
  bytes: number;
}

/** What stays where a share of all tokens is to, however little it is needed to say the text again. */
export function protectedSpans(share: number, { tokens: { length }, pinned, answerStart }: SeenText): TokenSpan[] {
  const windowStart = Math.min(answerStart, length - Math.ceil(RECENT_SHARE * share * length));
  return apart([{ from: 0, to: SINKS }, ...pinned, { from: windowStart, to: length }]);
}

/** How much each layer needs was measured for the model with the preset that keeps least. */
export function layerShares({ model: { info, config } }: ModelSessions): readonly number[] | undefined {
  const { policy } = presetConfig('compact', { hash: info.hash, numLayers: config.numLayers });
  const share = policy.name === 'pyramidInfer' ? policy.cache?.share : undefined;
  return typeof share === 'object' ? share : undefined;
}

/** Of a share of all tokens, or of what is protected where that is more. */
export function planOf(share: number, cache: KvCache, text: SeenText, sessions: ModelSessions): CompactingPlan {
  const { numLayers } = cache.shape;
  const spans = protectedSpans(share, text);
  const layers = Array.from({ length: numLayers }, (_, layer) => ({
    length: cache.length(layer),
    fixed: protectedRows(cache, layer, spans),
  }));
  const shares = layerShares(sessions) ?? layers.map(() => 1);
  const rows = countsByShare(layers, share * text.tokens.length * numLayers, shares);
  return { rows, bytes: rows.reduce((sum, count) => sum + count * cache.bytesPerToken + cache.scaleBytes, 0) };
}

/** Rows that each head of a layer has to keep: as many as the one that holds most of the spans. */
function protectedRows(cache: KvCache, layer: number, spans: readonly TokenSpan[]): number {
  const counts = cache.positionsByHead(layer).map((places) => {
    const before = (position: number) => countBefore(places, places.length, position);
    return spans.reduce((sum, { from, to }) => sum + before(to) - before(from), 0);
  });
  return Math.max(...counts);
}
