import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineError } from '../../errors.js';
import type { LoadedModel } from '../../testing/load-model.js';
import { loadTinyModel } from '../../testing/tiny-loaded.js';
import { noDevice, PLAIN_TRAITS } from '../../testing/webgpu.js';
import type { DeviceMemory, DeviceTensor } from '../ort/session.js';
import { DevicePass } from './device-pass.js';
import { OrtWebGpu } from './ort-webgpu.js';

const CONTEXT = 1024;
/** In three chunks. */
const TOKENS = new Array<number>(600).fill(1);
const TENSORS = 3 * 4;

/** The device, with room for so many tensors of a pass and no more; and those that the pass has not let go. */
function withRoomFor(device: DeviceMemory, tensors: number): { device: DeviceMemory; held: Set<DeviceTensor> } {
  const held = new Set<DeviceTensor>();
  let room = tensors;
  const tensor: DeviceMemory['tensor'] = (...asked) => {
    if (room === 0) throw new EngineError('OUT_OF_MEMORY', 'No room.');
    room--;
    const made = device.tensor(...asked);
    held.add(made);
    const release = () => {
      held.delete(made);
      made.release();
    };
    return { ...made, release };
  };
  return { device: Object.assign(Object.create(device) as DeviceMemory, { tensor }), held };
}

describe.skipIf(await noDevice())('a pass on a device without room for all of it', () => {
  const full = expect.objectContaining({ code: 'OUT_OF_MEMORY' });
  let factory: OrtWebGpu;
  let model: LoadedModel;
  beforeAll(async () => {
    factory = await OrtWebGpu.create(2, PLAIN_TRAITS);
    model = await loadTinyModel({ factory, contextLength: CONTEXT });
  }, 120_000);
  afterAll(async () => {
    await model.release();
    factory.release();
  });

  const begin = (device: DeviceMemory) =>
    new DevicePass(model.sessions, device, model.sessions.cache(CONTEXT, 'float32'), TOKENS, 0, TOKENS.length);

  it('leaves nothing there when it cannot begin', () => {
    for (let room = 0; room < TENSORS; room++) {
      const { device, held } = withRoomFor(factory.device, room);
      expect(() => begin(device)).toThrow(full);
      expect(held.size).toBe(0);
    }
  });

  it('leaves nothing there when its rows cannot be thinned, once it is given up', () => {
    const kept = Int32Array.from({ length: TOKENS.length / 2 }, (_, row) => 2 * row);
    for (let room = TENSORS; room < 2 * TENSORS; room++) {
      const { device, held } = withRoomFor(factory.device, room);
      const pass = begin(device);
      expect(() => pass.keep(kept)).toThrow(full);
      pass.release();
      expect(held.size).toBe(0);
    }
  });

  it('leaves nothing there when its last row cannot be taken out', async () => {
    for (let room = TENSORS; room < TENSORS + 4; room++) {
      const { device, held } = withRoomFor(factory.device, room);
      const pass = begin(device);
      await expect(pass.head()).rejects.toThrow(full);
      pass.release();
      expect(held.size).toBe(0);
    }
  });
});
