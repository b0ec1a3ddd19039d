import { expect, test } from 'vitest';
import { QueryRing } from './query-ring.js';

const config = { numLayers: 2, numHeads: 1, headDim: 2 };
const places = (...held: number[]) => Int32Array.from(held);

/** A ring of four into which six tokens went; the queries of token t in layer l are [t, l]. */
function filled(): QueryRing {
  const ring = new QueryRing(config, 4);
  for (let token = 0; token < 6; token++) ring.push((layer) => Float32Array.of(token, layer));
  return ring;
}

test('gives the newest tokens’ queries, oldest first, with the index of each one’s key', () => {
  const { values, positions, ownKeys } = filled().queries(1, 10, 6, 3, places(0, 2));
  expect([...values]).toEqual([3, 1, 5, 1]);
  expect([...positions]).toEqual([3, 5]);
  expect([...ownKeys]).toEqual([7, 9]);
  expect([...filled().queries(0, 10, 6, 2).positions]).toEqual([4, 5]);
});

test('holds as many as its window has, and none once cleared', () => {
  const ring = filled();
  expect(ring.count).toBe(4);
  ring.clear();
  expect(ring.count).toBe(0);
});

test('lets vote no more than asked, nor any whose keys do not all stand at the end of every head', () => {
  const ring = filled();
  expect(ring.voters(64, [places(0, 1, 2, 3, 4, 5)])).toBe(4);
  expect(ring.voters(2, [places(0, 1, 2, 3, 4, 5)])).toBe(2);
  expect(ring.voters(64, [places(0, 2, 4, 5)])).toBe(2);
  expect(ring.voters(64, [places(1, 3, 4, 5), places(0, 1, 2, 5)])).toBe(1);
  expect(ring.voters(64, [places(4, 5)])).toBe(2);
  expect(new QueryRing(config, 4).voters(64, [places(0, 1)])).toBe(0);
});
