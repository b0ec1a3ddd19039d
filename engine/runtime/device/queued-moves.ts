import type { DeviceTensor } from '../ort/session.js';

/** Of tensors of a device, what has been asked for and is still to be handed over. */
type Move =
  | { kind: 'gather'; source: DeviceTensor; rows: Int32Array; target: DeviceTensor }
  | { kind: 'copy'; from: DeviceTensor; to: DeviceTensor }
  | { kind: 'release'; release: () => void };

/** How moves are made. */
interface Mover {
  /** Row numbers, on the device. */
  bring(places: Float32Array<ArrayBuffer>): DeviceTensor;
  gather(source: DeviceTensor, places: DeviceTensor, from: number, to: number, target: DeviceTensor): void;
  copy(from: DeviceTensor, to: DeviceTensor): void;
}

/**
 * Rows that are to be moved within a device's memory. To bring something there costs as much as moving it ten times over,
 * so moves wait until something else is asked of the device: the row numbers of all go there together.
 */
export class QueuedMoves {
  private moves: Move[] = [];

  constructor(private readonly mover: Mover) {}

  gather(source: DeviceTensor, rows: Int32Array, target: DeviceTensor): void {
    this.moves.push({ kind: 'gather', source, rows, target });
  }

  copy(from: DeviceTensor, to: DeviceTensor): void {
    this.moves.push({ kind: 'copy', from, to });
  }

  /** After the moves asked for so far. */
  release(release: () => void): void {
    if (this.moves.length === 0) release();
    else this.moves.push({ kind: 'release', release });
  }

  /** Hands over what was asked for; where that fails, what is left of it is only released. */
  flush(): void {
    const waiting = this.moves;
    this.moves = [];
    try {
      if (waiting.length > 0) this.handOver(waiting);
    } finally {
      for (const move of waiting) if (move.kind === 'release') move.release();
    }
  }

  private handOver(moves: readonly Move[]): void {
    const lists: Int32Array[] = [];
    const listOf = moves.map((move) => (move.kind === 'gather' ? indexAmong(lists, move.rows) : -1));
    const places = lists.length > 0 ? this.bring(lists) : null;
    const starts = [0];
    for (const list of lists) starts.push(starts[starts.length - 1] + list.length);
    moves.forEach((move, i) => {
      if (move.kind === 'copy') this.mover.copy(move.from, move.to);
      else if (move.kind === 'gather' && places) {
        const list = listOf[i];
        this.mover.gather(move.source, places, starts[list], starts[list + 1], move.target);
      }
    });
  }

  /** Nothing is handed over any more. */
  end(): void {
    for (const move of this.moves.splice(0)) if (move.kind === 'release') move.release();
  }

  private bring(lists: readonly Int32Array[]): DeviceTensor {
    const all = new Float32Array(lists.reduce((sum, list) => sum + list.length, 0));
    let from = 0;
    for (const list of lists) {
      all.set(list, from);
      from += list.length;
    }
    return this.mover.bring(all);
  }
}

/** Where `rows` are among the lists: if they are not the last one, they are put behind it. */
function indexAmong(lists: Int32Array[], rows: Int32Array): number {
  const last = lists[lists.length - 1];
  const isLast = last?.length === rows.length && last.every((row, i) => row === rows[i]);
  if (!isLast) lists.push(rows);
  return lists.length - 1;
}
