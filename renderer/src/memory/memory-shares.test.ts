import { expect, it } from 'vitest';
import { memoryShares } from './memory-shares.js';

const memory = {
  rows: Uint16Array.of(4, 4, 1, 1, 2, 2, 3, 3),
  depths: Uint16Array.of(2, 2, 1, 0, 1, 2, 2, 2),
  pinned: [],
};
const passage = (id: string, from: number, to: number) => ({ id, text: '', start: 0, from, to });
const passages = [passage('q1', 1, 3), passage('a1', 3, 4), passage('q2', 4, 6), passage('a2', 6, 8)];
const turns = new Map([
  ['q1', 1],
  ['a1', 1],
  ['q2', 2],
  ['a2', 2],
]);

it('splits the bytes in use by K/V rows: what no message has is the template’s', () => {
  expect(memoryShares(memory, passages, turns, 'a2', { bytesInUse: 2000 })).toEqual([
    { name: 'system', tokens: 1, depth: 2, bytes: 400 },
    { name: 'history', turns: [1, 1], tokens: 3, depth: 1, bytes: 600 },
    { name: 'question', tokens: 2, depth: 1.5, bytes: 400 },
    { name: 'reply', tokens: 2, depth: 2, bytes: 600 },
  ]);
});

it('counts pinned text of messages apart, and the system’s with the system', () => {
  const pinned = { ...memory, pinned: [{ from: 0, to: 2 }] };
  expect(memoryShares(pinned, passages, turns, 'a2', { bytesInUse: 2000 })).toContainEqual({
    name: 'pinned',
    tokens: 1,
    depth: 2,
    bytes: 400,
  });
});

it('puts all but the last turns of the history together', () => {
  const many = Array.from({ length: 8 }, (_, i) => passage(`q${i + 1}`, i, i + 1));
  const turnOf = new Map(many.map(({ id }, i) => [id, i + 1]));
  const history = memoryShares(memory, many, turnOf, null, { bytesInUse: 20 }).filter(({ name }) => name === 'history');
  expect(history.map((share) => share.turns)).toEqual([
    [1, 4],
    [5, 5],
    [6, 6],
    [7, 7],
  ]);
});

it('is nothing for an empty memory', () => {
  const empty = { rows: new Uint16Array(0), depths: new Uint16Array(0), pinned: [] };
  expect(memoryShares(empty, [], new Map(), null, { bytesInUse: 0 })).toEqual([]);
});
