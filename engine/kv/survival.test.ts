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
    const { held, depths, rows, heads } = survivalOf(cache, 20);
    expect(heads).toBe(2);
    expect([rows[0], rows[1], rows[9]]).toEqual([4, 2, 3]);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(2 * 20 + 2 * 2);
    expect([...depths].flatMap((depth, token) => (depth === 2 ? [token] : []))).toEqual([0, 9, 17]);
    expect([...depths].filter((depth) => depth === 1)).toHaveLength(17);
    expect([...held[1]]).toEqual([1, 2, 2]);
    // What is being read beyond the text is not counted.
    expect([...survivalOf(cache, 9).depths]).toEqual([2, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});

/** A cache whose layers hold so much of a text, a string of bits each. */
function holding(...layers: string[]): KvCache {
  const cache = new KvCache({ numLayers: layers.length, numKvHeads: 1, headDim: 4 }, 64, 'float32');
  cache.reserve(8);
  layers.forEach((bits, layer) => {
    cache.append(layer, Int32Array.from([...bits].flatMap((bit, token) => (bit === '1' ? [token] : []))));
  });
  return cache;
}

describe('DropLog', () => {
  it('knows the drop by which each layer lost a token, and its turn, through later turns and edits', () => {
    const log = new DropLog(3);
    log.happened(1);
    expect(log.isNoted).toBe(false);
    log.note(holding('111', '111', '101'), 3);
    expect(log.isNoted).toBe(true);
    expect([...log.lastDropped()]).toEqual([0, 1, 0]);
    log.happened(2);
    log.note(holding('11110', '11010', '10010'), 5);
    expect(log.byLayer().map((times) => [...times])).toEqual([
      [0, 0, 0, 0, 2],
      [0, 0, 2, 0, 2],
      [0, 1, 2, 0, 2],
    ]);
    expect([...log.lastDropped()]).toEqual([0, 1, 2, 0, 2]);
    log.truncate(2);
    log.happened(3);
    log.note(holding('111', '111', '101'), 3);
    expect([...log.lastDropped()]).toEqual([0, 1, 0]);
    expect(log.count).toBe(3);
  });

  it('takes nothing for dropped that is looked at twice, and finds what was dropped behind a place', () => {
    const log = new DropLog(1);
    log.happened(1);
    log.note(holding('101'), 3);
    log.note(holding('1011'), 4);
    log.happened(1, 2);
    log.note(holding('10011'), 5);
    expect([...log.byLayer()[0]]).toEqual([0, 1, 2, 0, 0]);
  });
});
