import type { KvCache } from '../kv/kv-cache.js';
import type { Policy, TextExtent } from '../kv/policy.js';
import { droppedSpan, lostShare, outlook, selectByHead } from '../kv/selection.js';
import { type DroppedSpan, united } from '../kv/text-history.js';
import { votersOf } from '../kv/votes.js';
import { type AttentionScores, storedKeys } from './attention-scores.js';
import type { QueryRing } from './query-ring.js';

/**
 * Drops from every layer what a policy does not allow for the text as it is, between two tokens of an answer; the newest
 * tokens' queries vote.
 * @returns what was dropped; `lostAttention` by layer, as of `PrefillResult`
 */
export async function evictNow(
  cache: KvCache,
  policy: Policy,
  text: TextExtent,
  scores: AttentionScores,
  ring: QueryRing,
): Promise<{ dropped: DroppedSpan | null; lostAttention: (number | null)[] }> {
  let dropped: DroppedSpan | null = null;
  const lostAttention = new Array<number | null>(cache.shape.numLayers).fill(null);
  for (let layer = 0; layer < cache.shape.numLayers; layer++) {
    const selection = policy.evict(layer, text);
    if (!selection) continue;
    const positions = cache.positionsByHead(layer);
    const { drops, needsScores } = outlook(selection, positions[0]);
    if (!drops) continue;
    const keys = storedKeys(cache, layer);
    const newest = ring.voters(ring.count, positions);
    const voters = votersOf({ ...selection.scores, spreadRows: 0 }, newest, newest);
    const scored = needsScores
      ? await scores.score(keys, selection.scores, voters, (rows) =>
          ring.queries(layer, keys.length, text.tokensSeen, newest, rows),
        )
      : null;
    const kept = selectByHead(selection, positions, scored?.scores ?? new Float32Array());
    if (scored) lostAttention[layer] = lostShare(scored.attention, keys.length, kept);
    positions.forEach((places, head) => {
      dropped = united(dropped, droppedSpan(places, kept[head]));
    });
    cache.retain(layer, kept);
  }
  cache.trim();
  return { dropped, lostAttention };
}
