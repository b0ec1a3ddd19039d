import { describe, expect, it } from 'vitest';
import type { DeviceTensor } from '../ort/session.js';
import { DevicePool } from './device-pool.js';
import { QueuedMoves } from './queued-moves.js';

interface Buffers {
  pool: DevicePool;
  sizes: number[];
  released: bigint[];
  moves: QueuedMoves;
}

const TENSOR: DeviceTensor = { type: 'float32', dims: [1], address: 1n, release: () => undefined };

/** A pool over buffers that are only counted; `room`: so many can be made. */
function counted(room = Number.POSITIVE_INFINITY): Buffers {
  const sizes: number[] = [];
  const released: bigint[] = [];
  const moves = new QueuedMoves({ bring: () => TENSOR, gather: () => undefined, copy: () => undefined });
  const pool = new DevicePool((bytes) => {
    if (sizes.length - released.length >= room) throw new Error('no room');
    sizes.push(bytes);
    const address = BigInt(sizes.length);
    return { address, release: () => void released.push(address) };
  }, moves);
  return { pool, sizes, released, moves };
}

describe('the pool of a device’s buffers', () => {
  it('frees none that a move still to be made may read', () => {
    const { pool, released, moves } = counted();
    const buffers = [pool.take(200e6), pool.take(200e6)];
    moves.copy(TENSOR, TENSOR);
    for (const buffer of buffers) buffer.release();
    expect(released).toEqual([]);
    moves.flush();
    expect(released).toEqual([2n]);
  });

  it('gives a buffer again for what is of nearly its size, and not while it is in use', () => {
    const { pool, sizes } = counted();
    const first = pool.take(1000);
    const second = pool.take(1000);
    expect(second.address).not.toBe(first.address);
    first.release();
    expect(pool.take(1010).address).toBe(first.address);
    expect(pool.take(2000).address).not.toBe(second.address);
    expect(sizes).toHaveLength(3);
  });

  it('makes buffers that are large enough, by an eighth too large at most', () => {
    for (const bytes of [1, 256, 257, 1000, 4095, 4096, 4097, 1e6, 123_456_789]) {
      const { pool, sizes } = counted();
      pool.take(bytes);
      expect(sizes[0]).toBeGreaterThanOrEqual(bytes);
      expect(sizes[0]).toBeLessThanOrEqual(Math.max(256, bytes * 1.125));
    }
  });

  it('lets go what is more than it may keep, and at the end all', () => {
    const { pool, released } = counted();
    const [large, small] = [pool.take(400 << 20), pool.take(1000)];
    large.release();
    small.release();
    expect(released).toEqual([large.address]);
    expect(pool.idleBuffers).toBe(1);
    pool.release();
    expect(released).toEqual([large.address, small.address]);
  });

  it('gives up what is idle where there is no room for another', () => {
    const { pool, released } = counted(1);
    const small = pool.take(1000);
    small.release();
    expect(pool.take(100_000).address).toBe(2n);
    expect(released).toEqual([small.address]);
    expect(() => pool.take(100_000)).toThrow('no room');
  });
});
