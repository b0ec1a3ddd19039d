import type { DeviceForm } from '../../onnx/device-layer.js';
import { DATA_TYPE, type Graph, GraphBuilder } from '../../onnx/graph-builder.js';
import type { RuntimeNote, RuntimeNoteCode } from '../../types.js';
import { OrtCApi } from '../ort/ort-c-api.js';
import {
  type DeviceTraits,
  type Float32Tensor,
  float32Tensor,
  int32Tensor,
  type SessionFactory,
} from '../ort/session.js';
import { unavailable } from './graphics-device.js';
import { OrtWebGpu } from './ort-webgpu.js';

/** What a device turned out to do. */
export interface TestedDevice {
  factory: OrtWebGpu;
  /** What it does not do right, or not at all. */
  notes: RuntimeNote[];
}

/** Larger than any device's subgroup: from there on a known kernel is wrong on devices with small ones. */
const ROWS = 96;
const HISTORY = 40;
const CAPACITY = 160;
const SHAPE = { numHeads: 4, numKvHeads: 2, headDim: 32 };
/** Largest difference of an element of attention; a wrong kernel's begin at 1e-2. */
const TOLERANCE: Readonly<Record<DeviceForm['type'], number>> = { float32: 1e-4, float16: 4e-3 };
const PLAINEST: DeviceTraits = { type: 'float32', fusedAttention: false, graphCapture: false };

/**
 * Finds out what of a device is right, on random numbers and against the processor: what is wrong never runs a model.
 * @throws EngineError DEVICE_UNAVAILABLE where there is no device, or not even the plainest way is right on it
 */
export async function testDevice(threads: number): Promise<TestedDevice> {
  const notes: RuntimeNote[] = [];
  const note = (code: RuntimeNoteCode, message: string, { reason }: Failure) =>
    notes.push({ code, message, details: { reason } });
  const plain = await testedAs(threads, PLAINEST);
  if (!plain.works) throw unavailable(plain.reason);
  const half = await testedAs(threads, { ...PLAINEST, type: 'float16' });
  if (!half.works) note('noFloat16', `no right numbers of 16 bits (${half.reason}), so all are of 32`, half);
  const traits: DeviceTraits = { ...PLAINEST, type: half.works ? 'float16' : 'float32' };
  const fused = await testedAs(threads, { ...traits, fusedAttention: true });
  if (fused.works) traits.fusedAttention = true;
  else note('noFusedAttention', `wrong attention to several tokens (${fused.reason}), so it is written out`, fused);
  const captured = await testedAs(threads, { ...traits, graphCapture: true });
  if (captured.works) traits.graphCapture = true;
  else note('noCapture', `no captured runs (${captured.reason}), so each token is dispatched anew`, captured);
  return { factory: await OrtWebGpu.create(threads, traits), notes };
}

interface Failure {
  works: false;
  reason: string;
}
type Outcome = { works: true } | Failure;

async function testedAs(threads: number, traits: DeviceTraits): Promise<Outcome> {
  try {
    const factory = await OrtWebGpu.create(threads, traits);
    try {
      if (traits.graphCapture) await refuseBogusOption(factory);
      // Only the fused operator is asked for several rows at once.
      const rows = traits.fusedAttention && !traits.graphCapture ? ROWS : 1;
      const got = await attention(factory, rows);
      const expected = await attention(new OrtCApi(threads), rows);
      const error = got.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
      if (error < TOLERANCE[traits.type]) return { works: true };
      return { works: false, reason: `off by ${error.toPrecision(2)}` };
    } finally {
      factory.release();
    }
  } catch (error) {
    return { works: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Options that do not arrive are ignored without a word: then a run would not be captured, either. */
async function refuseBogusOption(factory: OrtWebGpu): Promise<void> {
  const refused = await factory.refusesOption('enableGraphCapture', 'perhaps');
  if (!refused) throw new Error('options do not arrive');
}

/** Attention of `rows` tokens behind HISTORY others, and of some more, one by one; of all but the history. */
async function attention(factory: SessionFactory, rows: number): Promise<Float32Array> {
  const { device } = factory;
  const session = await factory.create(attentionGraph(device?.traits.type ?? 'float32'), { capture: true });
  const dims = [1, SHAPE.numKvHeads, CAPACITY, SHAPE.headDim];
  const [keys, values] = [0, 1].map(() => (device ? device.tensor(dims) : float32Tensor(dims)));
  const results: Float32Array[] = [];
  let total = 0;
  const run = async (count: number, times: number) => {
    const { inputs, result } = tokenTensors(count);
    const bound = session.bind(
      { ...inputs, pastKey: keys, pastValue: values },
      { attention: result, presentKey: keys, presentValue: values },
    );
    try {
      for (let time = 0; time < times; time++) {
        total += count;
        fill([inputs.query, inputs.key, inputs.value], total);
        inputs.lastIndex.values[0] = total - 1;
        inputs.total.values[0] = device?.traits.graphCapture ? CAPACITY : total;
        await bound.run();
        results.push(result.values.slice());
      }
    } finally {
      bound.release();
    }
  };
  try {
    await run(1, HISTORY);
    await run(rows, 1);
    await run(1, 3);
  } finally {
    for (const tensor of [keys, values]) if ('release' in tensor) tensor.release();
    await session.release();
  }
  return Float32Array.from(results.slice(HISTORY).flatMap((result) => [...result]));
}

function tokenTensors(rows: number) {
  const { numHeads, numKvHeads, headDim } = SHAPE;
  const rowsOf = (heads: number) => float32Tensor([1, rows, heads * headDim]);
  const inputs = {
    ...{ query: rowsOf(numHeads), key: rowsOf(numKvHeads), value: rowsOf(numKvHeads) },
    ...{ lastIndex: int32Tensor([1]), total: int32Tensor([1]) },
  };
  return { inputs, result: rowsOf(numHeads) };
}

/** The same numbers for the same seed, between -1 and 1. */
function fill(tensors: readonly Float32Tensor[], seed: number): void {
  let state = Math.imul(seed + 1, 2654435761) >>> 0;
  for (const { values } of tensors) {
    for (let at = 0; at < values.length; at++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      values[at] = state / 2 ** 31 - 1;
    }
  }
}

function attentionGraph(type: DeviceForm['type']): Graph {
  const { numHeads, numKvHeads, headDim } = SHAPE;
  const graph = new GraphBuilder('attention');
  const cast = (value: string, to: DeviceForm['type'], output?: string) =>
    graph.node('Cast', [value], { to: { int: DATA_TYPE[to] } }, output);
  const rows = (name: string, heads: number) => cast(graph.input(name, 'float32', [1, 'rows', heads * headDim]), type);
  const cache = [1, numKvHeads, 'capacity', headDim];
  const attended = graph.nextName('attended');
  graph.microsoftNode(
    'GroupQueryAttention',
    [
      ...[rows('query', numHeads), rows('key', numKvHeads), rows('value', numKvHeads)],
      ...[graph.input('pastKey', type, cache), graph.input('pastValue', type, cache)],
      ...[graph.input('lastIndex', 'int32', [1]), graph.input('total', 'int32', [1])],
    ],
    { num_heads: { int: numHeads }, kv_num_heads: { int: numKvHeads }, scale: { float: headDim ** -0.5 } },
    [attended, graph.output('presentKey', type, cache), graph.output('presentValue', type, cache)],
  );
  cast(attended, 'float32', graph.output('attention', 'float32', [1, 'rows', numHeads * headDim]));
  return graph.build();
}
