import { expect, test } from 'vitest';
import { KvCache } from './kv-cache.js';
import { Losses } from './losses.js';

const TOKENS = 10;

/** One layer with one head that has read a text. */
function filled(): KvCache {
  const cache = new KvCache({ numLayers: 1, numKvHeads: 1, headDim: 4 }, 64, 'float32');
  cache.reserve(TOKENS);
  cache.append(
    0,
    Int32Array.from({ length: TOKENS }, (_, token) => token),
  );
  return cache;
}

const keep = (cache: KvCache, ...tokens: number[]) => cache.retain(0, [Int32Array.from(tokens)]);

test('a prompt’s loss and an answer’s are told apart by turn, and both say where reading begins anew', () => {
  const cache = filled();
  const losses = new Losses(cache);
  losses.beginTurn(2, 0);
  keep(cache, 0, 1, 5, 6, 7, 8, 9);
  losses.promptSelected(8, { lowest: 2, highest: 4 }, [0.25]);
  losses.beginTurn(3, 8);
  keep(cache, 0, 1, 7, 8, 9);
  losses.dropped(TOKENS, { lowest: 5, highest: 6 });
  expect(losses.areFound).toBe(false);
  losses.find(TOKENS);
  expect([losses.areFound, losses.count, losses.lostAttention(0)]).toEqual([true, 2, 0.25]);
  expect([...losses.byToken().droppedIn]).toEqual([0, 0, 2, 2, 2, 3, 3, 0, 0, 0]);
  expect([...losses.byToken().droppedAt[0]]).toEqual([0, 0, 1, 1, 1, 2, 2, 0, 0, 0]);
  // An edit before the answer: what only that made drop is missing from place 5 on; the prompt’s own stays right.
  expect([losses.reusable(TOKENS), losses.reusable(9), losses.reusable(7)]).toEqual([TOKENS, 5, 2]);
});

test('nothing dropped is no loss; a selection over all of the text tells its attention', () => {
  const losses = new Losses(filled());
  losses.dropped(TOKENS, null);
  expect([losses.count, losses.lostAttention(0), losses.reusable(3)]).toEqual([0, null, 3]);
  losses.dropped(TOKENS, null, [0.5]);
  expect([losses.count, losses.lostAttention(0)]).toEqual([0, 0.5]);
  losses.clear();
  expect(losses.lostAttention(0)).toBeNull();
});
