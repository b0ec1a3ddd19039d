import type { DeviceTensor } from '../ort/session.js';

/** The last so many are kept. */
const KEPT = 16;

/** Values that were brought to a device: the same are often asked for again, layer by layer and token by token. */
export class DeviceConstants {
  private known: { values: Float32Array; dims: readonly number[]; tensor: DeviceTensor }[] = [];

  constructor(private readonly bring: (values: Float32Array<ArrayBuffer>, dims: readonly number[]) => DeviceTensor) {}

  /** Valid until KEPT others have been asked for. */
  of(values: Float32Array<ArrayBuffer>, dims: readonly number[]): DeviceTensor {
    const at = this.known.findIndex(
      (constant) => isEqual(constant.dims, dims) && (constant.values === values || isEqual(constant.values, values)),
    );
    const found = at >= 0 ? this.known.splice(at, 1)[0] : { values, dims, tensor: this.bring(values, dims) };
    this.known.push(found);
    if (this.known.length > KEPT) this.known.shift()?.tensor.release();
    return found.tensor;
  }

  release(): void {
    for (const { tensor } of this.known.splice(0)) tensor.release();
  }
}

export function isEqual(some: ArrayLike<number>, others: ArrayLike<number>): boolean {
  if (some.length !== others.length) return false;
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
}
