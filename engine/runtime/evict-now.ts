import type { KvCache } from '../kv/kv-cache.js';
import type { Policy, TextExtent } from '../kv/policy.js';
import { droppedSpan, lostShare, outlook, type Selection, selectByHead } from '../kv/selection.js';
import { type DroppedSpan, united } from '../kv/text-history.js';
import { votersOf } from '../kv/votes.js';
import type { QueryRing } from './reading/query-ring.js';
import { type AskedScores, type NewestQueries, type Scores, storedKeys } from './reading/scores.js';

/**
 * Drops from every layer what a policy does not allow for the text as it is, between two tokens of an answer; the newest
 * tokens' queries vote.
 * @returns what was dropped; `lostAttention` by layer, as of `PrefillResult`
 */
export async function evictNow(
  cache: KvCache,
  policy: Policy,
  text: TextExtent,
  scores: Scores,
  ring: QueryRing,
): Promise<{ dropped: DroppedSpan | null; lostAttention: (number | null)[] }> {
  let dropped: DroppedSpan | null = null;
  const lostAttention = new Array<number | null>(cache.shape.numLayers).fill(null);
  const newest = scores.newest(ring, ring.count);
  try {
    const due: { layer: number; selection: Selection; asked: AskedScores | null }[] = [];
    for (let layer = 0; layer < cache.shape.numLayers; layer++) {
      const selection = policy.evict(layer, text);
      if (!selection) continue;
      const { drops, needsScores } = outlook(selection, cache.positionsByHead(layer)[0]);
      if (!drops) continue;
      const ask = () => askNewest({ cache, scores, ring, newest }, layer, selection, text.tokensSeen);
      due.push({ layer, selection, asked: needsScores ? ask() : null });
    }
    const answers = await scores.answers(due.flatMap(({ asked }) => asked ?? []));
    for (const { layer, selection, asked } of due) {
      const scored = asked && answers.shift();
      const positions = cache.positionsByHead(layer);
      const kept = selectByHead(selection, positions, scored?.scores ?? new Float32Array());
      if (scored) lostAttention[layer] = lostShare(scored.attention, cache.length(layer), kept);
      positions.forEach((places, head) => {
        dropped = united(dropped, droppedSpan(places, kept[head]));
      });
      cache.retain(layer, kept);
    }
  } finally {
    newest.release();
  }
  cache.trim();
  return { dropped, lostAttention };
}

/** Asks the newest tokens about a layer. */
function askNewest(
  { cache, scores, ring, newest }: { cache: KvCache; scores: Scores; ring: QueryRing; newest: NewestQueries },
  layer: number,
  selection: Selection,
  tokensSeen: number,
): AskedScores {
  const keys = storedKeys(cache, layer);
  const count = ring.voters(ring.count, cache.positionsByHead(layer));
  const voters = votersOf({ ...selection.scores, spreadRows: 0 }, count, count);
  return scores.ask(keys, selection.scores, voters, (rows) =>
    newest.queries(layer, keys.length, tokensSeen, count, rows),
  );
}
