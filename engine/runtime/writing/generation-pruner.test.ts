import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KvCache } from '../../kv/kv-cache.js';
import type { LoadedModel } from '../../testing/load-model.js';
import { loadTinyModel } from '../../testing/tiny-loaded.js';
import { hostValues } from '../ort/session.js';
import { AttentionScores } from '../reading/attention-scores.js';
import { QueryRing } from '../reading/query-ring.js';
import { GenerationPruner } from './generation-pruner.js';

/** Below so many tokens nothing is dropped. */
const SHORTEST = 256;
const PROMPT = SHORTEST;
const WINDOW = 6;
/** Tokens at which the first block is due. */
const DUE = PROMPT + 4 + WINDOW;

let model: LoadedModel;
beforeAll(async () => {
  model = await loadTinyModel({ layers: 1 });
});
afterAll(() => model.release());

/** A cache that holds so many tokens, and the queries of those that were written; keys and queries are by lot. */
function written(
  tokens: number,
  keep = 2,
  seed = 7,
  prompt = PROMPT,
): { cache: KvCache; ring: QueryRing; pruner: GenerationPruner } {
  const { config } = model.model;
  const cache = new KvCache(config, 512, 'float32');
  cache.reserve(tokens);
  const keys = hostValues(cache.keys(0));
  for (let at = 0; at < keys.length; at++) keys[at] = Math.sin(seed * at);
  cache.append(
    0,
    Int32Array.from({ length: tokens }, (_, i) => i),
  );
  const ring = new QueryRing(config, 64);
  for (let token = prompt; token < tokens; token++) {
    ring.push(() => Float32Array.from({ length: config.numHeads * config.headDim }, (_, i) => Math.cos(token + i)));
  }
  const pruning = { windowLength: WINDOW, exceedLength: 4, distanceWeight: 1, keep: () => keep };
  return {
    cache,
    ring,
    pruner: new GenerationPruner(pruning, cache, new AttentionScores(model.sessions), ring, prompt),
  };
}

const held = (cache: KvCache) => [0, 1].map((head) => [...cache.positions(0, head)]);
const outsideBlock = (places: readonly number[]) => places.filter((place) => place < PROMPT || place >= PROMPT + 4);

describe('pruning of what was written', () => {
  it('waits until a whole block has left the window', async () => {
    const { cache, pruner } = written(DUE);
    expect(await pruner.written(DUE - 1)).toBeNull();
    expect(await pruner.written(DUE)).toEqual({ lowest: PROMPT, highest: PROMPT + 3 });
    for (const places of held(cache)) expect(places).toHaveLength(DUE - 2);
    expect(await pruner.written(DUE + 1)).toBeNull();
  });

  it('drops nothing of a short text, and what was due once it is long enough', async () => {
    const { cache, pruner } = written(SHORTEST, 2, 7, SHORTEST - WINDOW - 8);
    expect(await pruner.written(SHORTEST - 1)).toBeNull();
    expect(await pruner.written(SHORTEST)).toEqual({ lowest: SHORTEST - WINDOW - 8, highest: SHORTEST - WINDOW - 1 });
    for (const places of held(cache)) expect(places).toHaveLength(SHORTEST - 2 * 2);
  });

  it('drops the same of the block in every head, and nothing else', async () => {
    const { cache, pruner } = written(DUE);
    const [before] = held(cache);
    await pruner.written(DUE);
    const [first, second] = held(cache);
    expect(first).toEqual(second);
    expect(outsideBlock(first)).toEqual(outsideBlock(before));
  });

  it.each([
    [
      [5, 6],
      [PROMPT, PROMPT + 1],
    ],
    [
      [5, 6],
      [PROMPT + 1, PROMPT + 2],
    ],
    [
      [5, 6],
      [PROMPT + 2, PROMPT + 3],
    ],
    [
      [PROMPT, PROMPT + 1],
      [5, 6],
    ],
  ])('drops nothing but of the block in heads that lost %j and %j, and leaves them equally many', async (...lost) => {
    for (let seed = 1; seed <= 8; seed++) {
      const { cache, pruner } = written(DUE, 1, seed);
      const rows = Int32Array.from({ length: DUE }, (_, row) => row);
      cache.retain(
        0,
        lost.map((gone) => rows.filter((row) => !gone.includes(row))),
      );
      const before = held(cache);
      await pruner.written(DUE);
      held(cache).forEach((places, head) => {
        expect(places).toHaveLength(before[head].length - 1);
        expect(outsideBlock(places)).toEqual(outsideBlock(before[head]));
      });
    }
  });

  it('has only the window’s queries vote', async () => {
    const [one, other] = [written(DUE), written(DUE)];
    // What voted before the window is changed: nobody asks it.
    const { config } = model.model;
    other.ring.clear();
    for (let token = PROMPT; token < DUE; token++) {
      const wrong = token < DUE - WINDOW ? 100 : 0;
      other.ring.push(() =>
        Float32Array.from({ length: config.numHeads * config.headDim }, (_, i) => wrong + Math.cos(token + i)),
      );
    }
    await one.pruner.written(DUE);
    await other.pruner.written(DUE);
    expect(held(other.cache)).toEqual(held(one.cache));
  });
});
