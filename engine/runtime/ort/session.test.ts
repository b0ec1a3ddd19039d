import { describe, expect, it } from 'vitest';
import { type Graph, GraphBuilder } from '../../onnx/graph-builder.js';
import { chooseSessionFactory } from './choose-session.js';
import { OrtBinding } from './ort-binding.js';
import { OrtCApi } from './ort-c-api.js';
import { liveNativeObjects } from './ort-native.js';
import { float32Tensor, type SessionFactory } from './session.js';

function runningSum(): Graph {
  const graph = new GraphBuilder('running-sum');
  const [addend, before] = ['addend', 'before'].map((name) => graph.input(name, 'float32', ['n']));
  graph.node('Add', [before, addend], {}, graph.output('after', 'float32', ['n']));
  return graph.build();
}

describe.each<[string, () => SessionFactory]>([
  ['C API', () => new OrtCApi(2)],
  ['onnxruntime-node', () => new OrtBinding(2)],
])('a session of %s', (_, makeFactory) => {
  it('reads and writes the caller’s memory in place, run after run, for any bound shape', async () => {
    const session = await makeFactory().create(runningSum());
    for (const length of [1, 5, 3000]) {
      const [addend, sum] = [float32Tensor([length]), float32Tensor([length])];
      const bound = session.bind({ addend, before: sum }, { after: sum });
      for (let run = 1; run <= 3; run++) {
        addend.values.fill(run);
        await bound.run();
      }
      expect(new Set(sum.values)).toEqual(new Set([6]));
      bound.release();
    }
    await session.release();
  });

  it('turns what ONNX Runtime refuses into RUNTIME_FAILED with its words', async () => {
    const factory = makeFactory();
    await expect(factory.create({ bytes: new Uint8Array([1, 2, 3]), weights: [] })).rejects.toMatchObject({
      code: 'RUNTIME_FAILED',
      message: expect.stringContaining('protobuf'),
    });
    const session = await factory.create(runningSum());
    const [three, four] = [float32Tensor([3]), float32Tensor([4])];
    const bound = session.bind({ addend: three, before: four }, { after: four });
    await expect(bound.run()).rejects.toMatchObject({ code: 'RUNTIME_FAILED' });
    bound.release();
    await session.release();
  });

  it('may be released under a run: the run ends first, with its result', async () => {
    const session = await makeFactory().create(runningSum());
    const [addend, sum] = [float32Tensor([4_000_000]), float32Tensor([4_000_000])];
    addend.values.fill(2);
    const bound = session.bind({ addend, before: sum }, { after: sum });
    const order: string[] = [];
    const run = bound.run().then(() => order.push('run'));
    bound.release();
    await session.release().then(() => order.push('release'));
    await run;
    expect(order).toEqual(['run', 'release']);
    expect(sum.values.every((value) => value === 2)).toBe(true);
  });
});

describe('the C API', () => {
  it('releases every native object, also after a failed bind', async () => {
    const before = liveNativeObjects();
    const session = await new OrtCApi(2).create(runningSum());
    const tensor = float32Tensor([2]);
    const bound = session.bind({ addend: tensor, before: tensor }, { after: tensor });
    expect(liveNativeObjects()).toBeGreaterThan(before);
    expect(() => session.bind({ unknown: tensor }, {})).toThrow(expect.objectContaining({ code: 'RUNTIME_FAILED' }));
    bound.release();
    bound.release();
    await expect(bound.run()).rejects.toThrow();
    await session.release();
    expect(liveNativeObjects()).toBe(before);
  });

  it('releases what a run under way holds when it is over, also when it fails', async () => {
    const before = liveNativeObjects();
    const session = await new OrtCApi(2).create(runningSum());
    const [three, four] = [float32Tensor([3]), float32Tensor([4])];
    const bound = session.bind({ addend: three, before: four }, { after: four });
    const failing = expect(bound.run()).rejects.toMatchObject({ code: 'RUNTIME_FAILED' });
    bound.release();
    await session.release();
    await failing;
    expect(liveNativeObjects()).toBe(before);
  });

  it('refuses to run what runs', async () => {
    const session = await new OrtCApi(2).create(runningSum());
    const tensor = float32Tensor([3]);
    const bound = session.bind({ addend: tensor, before: tensor }, { after: tensor });
    const first = bound.run();
    await expect(bound.run()).rejects.toMatchObject({ code: 'INTERNAL' });
    await first;
    bound.release();
    await session.release();
  });
});

describe('choosing an implementation', () => {
  it('takes the C API and says why', async () => {
    const { factory, reason } = await chooseSessionFactory(3);
    expect(factory.implementation).toBe('c-api');
    expect(reason).toMatch(/C API of ONNX Runtime 1\.\d+\.\d+, tested at start/);
  });

  it('falls back where the first cannot be loaded or computes wrongly, and names the cause', async () => {
    const wrong: SessionFactory = {
      implementation: 'c-api',
      onnxRuntimeVersion: '0',
      threads: 1,
      openWeights: () => ({ folder: '', release() {} }),
      create: async () => ({ bind: () => ({ run: async () => {}, release() {} }), release: async () => {} }),
    };
    const { factory, reason } = await chooseSessionFactory(2, undefined, [
      { name: 'absent', load: () => Promise.reject(new Error('no such module')) },
      { name: 'broken', load: async () => wrong },
      { name: 'binding', load: async () => new OrtBinding(2) },
    ]);
    expect(factory.implementation).toBe('binding');
    expect(reason).toMatch(/absent: no such module; broken: self-test gave 0,0,0/);
  });

  it('reports every failure when none works', async () => {
    const candidates = [{ name: 'absent', load: () => Promise.reject(new Error('no such module')) }];
    await expect(chooseSessionFactory(2, undefined, candidates)).rejects.toMatchObject({
      code: 'RUNTIME_UNAVAILABLE',
      message: expect.stringContaining('no such module'),
    });
  });
});
