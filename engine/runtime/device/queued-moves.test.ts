import { expect, it } from 'vitest';
import type { DeviceTensor } from '../ort/session.js';
import { QueuedMoves } from './queued-moves.js';

const tensorAt = (address: bigint): DeviceTensor => ({
  type: 'float32',
  dims: [1],
  address,
  release: () => undefined,
});
const [A, B] = [1n, 2n].map(tensorAt);

/** Moves that are only noted; at `fault` one fails. */
function noted(fault?: 'bring' | 'gather' | 'copy') {
  const told: string[] = [];
  const note = (what: 'bring' | 'gather' | 'copy') => {
    if (what === fault) throw new Error(`no ${what}`);
    told.push(what);
  };
  const moves = new QueuedMoves({
    bring: () => {
      note('bring');
      return A;
    },
    gather: () => note('gather'),
    copy: () => note('copy'),
  });
  return { moves, told };
}

function ask(moves: QueuedMoves, told: string[]): void {
  moves.copy(A, B);
  moves.release(() => told.push('first released'));
  moves.gather(A, Int32Array.of(0), B);
  moves.release(() => told.push('second released'));
}

it('what was given back is released behind the moves that may read it, at once where there are none', () => {
  const { moves, told } = noted();
  ask(moves, told);
  expect(told).toEqual([]);
  moves.flush();
  expect(told).toEqual(['bring', 'copy', 'gather', 'first released', 'second released']);
  moves.release(() => told.push('at once'));
  expect(told.at(-1)).toBe('at once');
});

it.each(['bring', 'copy', 'gather'] as const)(
  'where a %s fails, all that was given back is released, once',
  (fault) => {
    const { moves, told } = noted(fault);
    ask(moves, told);
    expect(() => moves.flush()).toThrow(`no ${fault}`);
    moves.flush();
    moves.end();
    expect(told.filter((what) => what.endsWith('released'))).toEqual(['first released', 'second released']);
  },
);
