import path from 'node:path';
import type { GraphWeight } from '../../onnx/graph-builder.js';
import { type MappedFile, mapFile } from '../ort/mapped-file.js';
import { type Handle, HeldTogether, type OrtNative } from '../ort/ort-native.js';
import type { SharedWeights } from '../ort/session.js';
import type { WebGpuMemory } from './webgpu-memory.js';

/** The weights of a model on a device, each brought there once for all sessions. */
export class DeviceWeights implements SharedWeights {
  readonly folder: string;
  private readonly file: MappedFile;
  private readonly values = new Map<string, Handle[]>();

  constructor(
    filePath: string,
    private readonly native: OrtNative,
    private readonly device: WebGpuMemory,
  ) {
    this.folder = path.dirname(filePath);
    this.file = mapFile(filePath);
  }

  /** Null: a graph takes it in another form than it is stored in, which each session makes for itself. */
  value(weight: GraphWeight): bigint | null {
    if (weight.type === 'float32' && this.device.traits.type !== 'float32') return null;
    const made = this.values.get(weight.name) ?? this.bring(weight);
    this.values.set(weight.name, made);
    return made[made.length - 1].address;
  }

  release(): void {
    for (const held of this.values.values()) for (const value of held.reverse()) value.release();
    this.file.release();
  }

  /** → the tensor, and a view of it: ORT shares only what it does not own. */
  private bring({ type, shape, range }: GraphWeight): Handle[] {
    const { native, device } = this;
    const source = native.tensorAt(this.file.address + BigInt(range.offset), range.length, type, shape);
    const held = new HeldTogether();
    try {
      const target = held.keep(device.ownTensor(shape, type));
      device.copyAll([[source.address, target.address]]);
      return [target, device.view(device.bufferOf(target.address), type, shape)];
    } catch (error) {
      held.release();
      throw error;
    } finally {
      source.release();
    }
  }
}
