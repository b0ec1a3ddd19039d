import type { DeviceTensor } from './session.js';

/** Of tensors of a device, what has been asked for and is still to be handed over. */
type Move =
  | { kind: 'gather'; source: DeviceTensor; rows: Int32Array; target: DeviceTensor }
  | { kind: 'copy'; from: DeviceTensor; to: DeviceTensor }
  | { kind: 'release'; release: () => void };

/** Row numbers on the device, those of several lists one behind the other. */
export interface BroughtPlaces {
  lists: readonly Int32Array[];
  tensor: DeviceTensor;
}

/** How moves are made. */
interface Mover {
  bring(places: Float32Array<ArrayBuffer>): DeviceTensor;
  gather(source: DeviceTensor, places: DeviceTensor, from: number, to: number, target: DeviceTensor): void;
  copy(from: DeviceTensor, to: DeviceTensor): void;
}

/** Lists that were brought last are kept: the same rows are often asked for again, layer by layer. */
const KEPT_LISTS = 4;

/**
 * Rows that are to be moved within a device's memory. To bring something there costs as much as moving it ten times over,
 * so moves wait until something else is asked of the device: the row numbers of all go there together.
 */
export class QueuedMoves {
  private moves: Move[] = [];
  private brought: BroughtPlaces[] = [];

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

  /** Hands over what was asked for. */
  flush(): void {
    if (this.moves.length === 0) return;
    const moves = this.moves;
    this.moves = [];
    const lists: Int32Array[] = [];
    const listOf = moves.map((move) => (move.kind === 'gather' ? indexAmong(lists, move.rows) : -1));
    const places = lists.length > 0 ? this.bring(lists) : null;
    const starts = [0];
    for (const list of lists) starts.push(starts[starts.length - 1] + list.length);
    moves.forEach((move, i) => {
      if (move.kind === 'copy') this.mover.copy(move.from, move.to);
      else if (move.kind === 'release') move.release();
      else if (places) {
        const list = listOf[i];
        this.mover.gather(move.source, places.tensor, starts[list], starts[list + 1], move.target);
      }
    });
  }

  /** Nothing is handed over any more. */
  end(): void {
    for (const move of this.moves.splice(0)) if (move.kind === 'release') move.release();
    for (const { tensor } of this.brought.splice(0)) tensor.release();
  }

  private bring(lists: readonly Int32Array[]): BroughtPlaces {
    const at = this.brought.findIndex((known) => isSame(known.lists, lists));
    if (at >= 0) {
      const [known] = this.brought.splice(at, 1);
      this.brought.push(known);
      return known;
    }
    const all = new Float32Array(lists.reduce((sum, list) => sum + list.length, 0));
    let from = 0;
    for (const list of lists) {
      all.set(list, from);
      from += list.length;
    }
    const made = { lists, tensor: this.mover.bring(all) };
    this.brought.push(made);
    if (this.brought.length > KEPT_LISTS) this.brought.shift()?.tensor.release();
    return made;
  }
}

/** Of `rows` among the lists, the last one compared first; it is put there if it is none of them. */
function indexAmong(lists: Int32Array[], rows: Int32Array): number {
  const last = lists.length - 1;
  if (last >= 0 && isEqual(lists[last], rows)) return last;
  lists.push(rows);
  return lists.length - 1;
}

function isSame(lists: readonly Int32Array[], others: readonly Int32Array[]): boolean {
  return lists.length === others.length && lists.every((list, i) => isEqual(list, others[i]));
}

function isEqual(list: Int32Array, other: Int32Array): boolean {
  if (list === other) return true;
  if (list.length !== other.length) return false;
  for (let i = 0; i < list.length; i++) if (list[i] !== other[i]) return false;
  return true;
}
