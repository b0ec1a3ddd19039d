import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Graph, GraphBuilder } from '../../onnx/graph-builder.js';
import { noDevice, PLAIN_TRAITS } from '../../testing/webgpu.js';
import { liveNativeObjects } from '../ort/ort-native.js';
import { float32Tensor } from '../ort/session.js';
import { OrtWebGpu } from './ort-webgpu.js';

const SIZE = 3;

/** `sum` = `host` + `resident`, `product` = `host` · `resident`, each [1, SIZE]. */
function sumAndProduct(): Graph {
  const graph = new GraphBuilder('sum-and-product');
  const input = (name: string) => graph.input(name, 'float32', [1, SIZE]);
  const output = (name: string) => graph.output(name, 'float32', [1, SIZE]);
  const [host, resident] = [input('host'), input('resident')];
  graph.node('Add', [host, resident], {}, output('sum'));
  graph.node('Mul', [host, resident], {}, output('product'));
  return graph.build();
}

describe.skipIf(await noDevice())('a session on a WebGPU device', () => {
  const before = liveNativeObjects();
  let factory: OrtWebGpu;
  beforeAll(async () => {
    factory = await OrtWebGpu.create(2, { ...PLAIN_TRAITS, graphCapture: true });
  });
  afterAll(() => {
    factory.release();
    expect(liveNativeObjects()).toBe(before);
  });

  it.each([false, true])(
    'keeps tensors of the device there and reads ours anew at each run, captured: %s',
    async (capture) => {
      const { device } = factory;
      const session = await factory.create(sumAndProduct(), { capture });
      const [host, product] = [float32Tensor([1, SIZE]), float32Tensor([1, SIZE])];
      const [resident, sum] = [device.tensor([1, SIZE]), device.tensor([1, SIZE])];
      device.write(resident, Float32Array.of(1, 1, 1));
      const bound = session.bind({ host, resident }, { sum, product });
      host.values.set([2, 3, 4]);
      await bound.run();
      expect([...product.values]).toEqual([2, 3, 4]);
      device.copy(sum, resident);
      host.values.set([10, 20, 30]);
      await bound.run();
      expect([...product.values]).toEqual([30, 80, 150]);
      expect([...(await device.read(sum))]).toEqual([13, 24, 35]);
      for (const held of [bound, resident, sum]) held.release();
      await session.release();
    },
  );

  it('gathers rows of the last dimension, whatever the others are', async () => {
    const { device } = factory;
    const [source, target] = [device.tensor([1, 2, 2, 2]), device.tensor([1, 3, 2])];
    device.write(source, Float32Array.of(0, 1, 10, 11, 20, 21, 30, 31));
    device.gatherRows(source, Int32Array.of(3, 0, 3), target);
    expect([...(await device.read(target))]).toEqual([30, 31, 0, 1, 30, 31]);
    for (const tensor of [source, target]) tensor.release();
  });

  it('moves what was there when it was asked to, though the source was let go', async () => {
    const { device } = factory;
    const count = 64;
    const rows = Int32Array.from({ length: count }, (_, row) => count - 1 - row);
    const [source, target] = [device.tensor([count, 1]), device.tensor([count, 1])];
    device.write(
      source,
      Float32Array.from(rows, (_, row) => 10 * row),
    );
    device.gatherRows(source, rows, target);
    source.release();
    expect([...(await device.read(target))]).toEqual([...rows].map((row) => 10 * row));
    target.release();
  });

  it('clears all of a tensor, whatever held its memory before', async () => {
    const { device } = factory;
    const used = device.tensor([SIZE]);
    device.write(used, Float32Array.of(1, Number.NaN, 3));
    used.release();
    const cleared = device.tensor([SIZE]);
    device.clear(cleared);
    expect([...(await device.read(cleared))]).toEqual([0, 0, 0]);
    cleared.release();
  });

  describe('when something that was asked of it cannot be done', () => {
    /** Found out with whatever is asked of the device next. */
    function askWrongly(): void {
      const { device } = factory;
      const [source, target] = [device.tensor([2, SIZE]), device.tensor([2, SIZE + 1])];
      device.gatherRows(source, Int32Array.of(0, 1), target);
      for (const tensor of [source, target]) tensor.release();
    }
    const failed = expect.objectContaining({ code: 'RUNTIME_FAILED' });

    it('takes for zeros only what was written as such', async () => {
      const { device } = factory;
      // Of another size than what was cleared before.
      const length = 100 * SIZE;
      const [cleared, used] = [device.tensor([length]), device.tensor([length])];
      device.write(used, new Float32Array(length).fill(1));
      askWrongly();
      used.release();
      expect(() => device.clear(cleared)).toThrow(failed);
      device.clear(cleared);
      expect([...(await device.read(cleared))]).toEqual(new Array(length).fill(0));
      cleared.release();
    });

    it('keeps no room for tensors that it does not join, or that cannot be', async () => {
      const { device } = factory;
      const parts = [device.tensor([SIZE]), device.tensor([SIZE])];
      (await device.joined(parts)).release();
      askWrongly();
      expect(() => device.flush()).toThrow(failed);
      const held = device.bytesHeld;
      askWrongly();
      await expect(device.joined(parts)).rejects.toThrow(failed);
      const idle = device.idleTensors;
      expect(() => device.tensor([-SIZE])).toThrow(failed);
      expect(device.idleTensors).toBe(idle);
      expect(device.bytesHeld).toBe(held);
      for (const tensor of parts) tensor.release();
    });
  });

  it('says in its words what ONNX Runtime refuses, and leaves nothing behind', async () => {
    const live = liveNativeObjects();
    await expect(factory.create({ bytes: new Uint8Array([1, 2, 3]), weights: [] })).rejects.toMatchObject({
      code: 'RUNTIME_FAILED',
      message: expect.stringContaining('protobuf'),
    });
    const session = await factory.create(sumAndProduct());
    const tensor = factory.device.tensor([1, SIZE]);
    expect(() => session.bind({ unknown: tensor }, {})).toThrow(expect.objectContaining({ code: 'RUNTIME_FAILED' }));
    tensor.release();
    await session.release();
    expect(liveNativeObjects()).toBe(live);
  });
});
