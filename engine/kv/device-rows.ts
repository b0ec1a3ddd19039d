import { EngineError } from '../errors.js';
import { type DeviceMemory, type DeviceTensor, isHost } from '../runtime/ort/session.js';
import { everyRow, type HeadRows, type RowShape, type RowStore, type WorkingTensor } from './row-store.js';

/** Keys or values of one layer in a device's memory, in the type that it computes in. Rows never leave it. */
export class DeviceRows implements RowStore {
  readonly scales = null;
  /** Null: without room for any row. */
  private readonly memory: DeviceTensor | null;

  /** @throws EngineError OUT_OF_MEMORY, RUNTIME_FAILED */
  constructor(
    private readonly device: DeviceMemory,
    private readonly shape: RowShape,
    readonly capacity: number,
  ) {
    this.memory = capacity > 0 ? device.tensor([1, shape.numKvHeads, capacity, shape.headDim]) : null;
  }

  get tensor(): DeviceTensor {
    if (this.memory) return this.memory;
    throw new EngineError('INTERNAL', 'There is no room for any row yet.');
  }

  copyTo(target: WorkingTensor, length: number): void {
    if (length > 0) this.device.gatherRows(this.tensor, this.firstRows(length, target.capacity), deviceTensor(target));
  }

  gather(kept: HeadRows, _history: number, rows: WorkingTensor, capacity: number): DeviceRows {
    return this.filled(capacity, (made) =>
      this.device.gatherRows(deviceTensor(rows), this.places(kept, rows.capacity, capacity), made.tensor),
    );
  }

  resized(length: number, capacity: number): DeviceRows {
    return this.filled(capacity, (made) => {
      if (length > 0) this.device.gatherRows(this.tensor, this.firstRows(length, capacity), made.tensor);
      else this.device.clear(made.tensor);
    });
  }

  retain(kept: HeadRows): void {
    const { device, capacity } = this;
    const spare = device.tensor(this.tensor.dims);
    try {
      device.gatherRows(this.tensor, this.places(kept, capacity, capacity), spare);
      // Back into the same memory: runs are bound to it.
      device.copy(spare, this.tensor);
    } finally {
      spare.release();
    }
  }

  correct(): void {}

  mark(): void {}

  restore(): void {}

  outline(): null {
    return null;
  }

  arrays(): Uint8Array[] {
    return [];
  }

  rebuild(): void {}

  release(): void {
    this.memory?.release();
  }

  private filled(capacity: number, fill: (made: DeviceRows) => void): DeviceRows {
    const made = new DeviceRows(this.device, this.shape, capacity);
    try {
      fill(made);
      return made;
    } catch (error) {
      made.release();
      throw error;
    }
  }

  private firstRows(length: number, capacity: number): Int32Array<ArrayBuffer> {
    const first = new Array<Int32Array>(this.shape.numKvHeads).fill(everyRow(length));
    return this.places(first, this.capacity, capacity);
  }

  /** Row numbers over all heads of a source, for all rows of a target: what is behind the kept ones is not read. */
  private places(kept: HeadRows, sourceCapacity: number, capacity: number): Int32Array<ArrayBuffer> {
    const places = new Int32Array(new ArrayBuffer(4 * this.shape.numKvHeads * capacity));
    for (let head = 0; head < this.shape.numKvHeads; head++) {
      const rows = kept[head];
      for (let i = 0; i < rows.length; i++) places[head * capacity + i] = head * sourceCapacity + rows[i];
    }
    return places;
  }
}

function deviceTensor({ tensor }: WorkingTensor): DeviceTensor {
  if (!isHost(tensor)) return tensor;
  throw new EngineError('INTERNAL', 'Rows that are kept on a device are computed there.');
}
