import { expect, it } from 'vitest';
import type { TextMemory } from '../../../engine/types.js';
import { memoryShares } from './memory-shares.js';

const memory = { rows: Uint16Array.of(4, 4, 1, 1, 2, 2, 3, 3) } as Partial<TextMemory> as TextMemory;
const passage = (id: string, from: number, to: number) => ({ id, text: '', start: 0, from, to });

it('splits the bytes in use by K/V rows: what no message has is the template’s', () => {
  const passages = [passage('q1', 1, 3), passage('a1', 3, 4), passage('q2', 4, 6), passage('a2', 6, 8)];
  expect(memoryShares(memory, passages, 'a2', { bytesInUse: 2000 })).toEqual([
    { name: 'system', tokens: 1, bytes: 400 },
    { name: 'history', tokens: 3, bytes: 600 },
    { name: 'question', tokens: 2, bytes: 400 },
    { name: 'reply', tokens: 2, bytes: 600 },
  ]);
});

it('is nothing for an empty memory', () => {
  const empty = { rows: new Uint16Array(0) } as Partial<TextMemory> as TextMemory;
  for (const share of memoryShares(empty, [], null, { bytesInUse: 0 }))
    expect(share).toMatchObject({ tokens: 0, bytes: 0 });
});
