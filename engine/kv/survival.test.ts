import { describe, expect, it } from 'vitest';
import { KvCache } from './kv-cache.js';
import { DropLog, survivalOf } from './survival.js';

const shape = { numLayers: 2, numKvHeads: 2, headDim: 4 };
const all = Int32Array.from({ length: 20 }, (_, i) => i);

describe('survivalOf', () => {
  it('counts a token in a layer if any of its heads holds it', () => {
    const cache = new KvCache(shape, 64, 'float32');
    cache.reserve(20);
    cache.append(0, all);
    cache.append(1, all);
    cache.retain(1, [Int32Array.of(0, 9), Int32Array.of(0, 17)]);
    const { held, depths, rows } = survivalOf(cache, 20);
    expect([rows[0], rows[1], rows[9]]).toEqual([4, 2, 3]);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(2 * 20 + 2 * 2);
    expect([...depths].flatMap((depth, token) => (depth === 2 ? [token] : []))).toEqual([0, 9, 17]);
    expect([...depths].filter((depth) => depth === 1)).toHaveLength(17);
    expect([...held[1]]).toEqual([1, 2, 2]);
    // What is being read beyond the text is not counted.
    expect([...survivalOf(cache, 9).depths]).toEqual([2, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});

describe('DropLog', () => {
  it('knows the last turn in which a token lost a layer, through later turns and edits', () => {
    const log = new DropLog(3);
    log.update(Uint16Array.of(3, 2, 3), 1);
    expect([...log.lastDropped()]).toEqual([0, 1, 0]);
    log.update(Uint16Array.of(3, 2, 1, 3, 0), 2);
    expect([...log.lastDropped()]).toEqual([0, 1, 2, 0, 2]);
    log.truncate(2);
    log.update(Uint16Array.of(3, 2, 3), 3);
    expect([...log.lastDropped()]).toEqual([0, 1, 0]);
  });
});
