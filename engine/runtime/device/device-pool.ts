import type { Handle } from '../ort/ort-native.js';
import type { QueuedMoves } from './queued-moves.js';

/** Idle buffers are kept up to so many bytes. */
const MOST_IDLE_BYTES = 256 << 20;
const SMALLEST = 256;
/** Sizes an octave: a buffer is larger than what it is taken for by an eighth at most. */
const SIZES_PER_OCTAVE = 8;

/**
 * Buffers of a device, used again: to make one takes longer than what is done with it, and those that were let go slow
 * down what follows until the driver has freed them. A buffer may be taken while the device still works on what it was
 * given back by: work is done in the order in which it was handed over.
 */
export class DevicePool {
  private readonly idle = new Map<number, Handle[]>();
  private idleBytes = 0;

  /**
   * @param make a buffer of so many bytes
   * @param moves that may still read what was given back: it is freed behind them
   */
  constructor(
    private readonly make: (bytes: number) => Handle,
    private readonly moves: Pick<QueuedMoves, 'flush' | 'release'>,
  ) {}

  get idleBuffers(): number {
    return [...this.idle.values()].reduce((sum, buffers) => sum + buffers.length, 0);
  }

  /** Room for so many bytes, and how to give it back. */
  take(bytes: number): Handle {
    const size = sizeFor(bytes);
    const known = this.idle.get(size)?.pop();
    if (known) this.idleBytes -= size;
    const buffer = known ?? this.made(size);
    return { address: buffer.address, release: () => this.give(buffer, size) };
  }

  release(): void {
    for (const buffers of this.idle.values()) for (const buffer of buffers) buffer.release();
    this.idle.clear();
    this.idleBytes = 0;
  }

  private made(size: number): Handle {
    try {
      return this.make(size);
    } catch (error) {
      if (this.idleBytes === 0) throw error;
      this.moves.flush();
      this.release();
      return this.make(size);
    }
  }

  private give(buffer: Handle, size: number): void {
    if (this.idleBytes + size > MOST_IDLE_BYTES) {
      this.moves.release(() => buffer.release());
      return;
    }
    this.idleBytes += size;
    const buffers = this.idle.get(size) ?? [];
    buffers.push(buffer);
    this.idle.set(size, buffers);
  }
}

function sizeFor(bytes: number): number {
  const octave = 2 ** Math.floor(Math.log2(Math.max(bytes, SMALLEST)));
  const step = octave / SIZES_PER_OCTAVE;
  return Math.ceil(Math.max(bytes, SMALLEST) / step) * step;
}
