import type { KvCache } from '../../kv/kv-cache.js';
import type { WorkingRows } from '../../kv/working-rows.js';
import type { ModelConfig } from '../../model/model-config.js';
import type { ModelSessions } from '../model-sessions.js';
import {
  type AnyTensor,
  type DeviceMemory,
  type DeviceTensor,
  type Float32Tensor,
  float32Tensor,
  int32Tensor,
  int64Tensor,
  runOnce,
} from '../ort/session.js';
import { chunkLengths, longestChunk } from '../reading/prefill.js';
import type { PromptPass } from '../reading/prompt-pass.js';
import { RotaryTable } from '../rope.js';
import { allOrNone, type Hold } from './all-or-none.js';

/** Tokens a run where the device's own attention is used, which needs no room for a chunk's attention. */
const FUSED_CHUNK = 2048;
/** Memory for K/V of layers of which it is not decided yet what stays of them. */
const HELD_BYTES = 256e6;

/** Rows that run together: as the prompt was cut at the beginning, less what has been dropped of them. */
interface Chunk {
  /** Places in the text, [rows]. */
  positions: Int32Array;
  /** Each [1, rows, width]. */
  attention: DeviceTensor;
  residual: DeviceTensor;
  /** float32 [rows, headDim / 2] */
  cos: DeviceTensor;
  sin: DeviceTensor;
}

/** A prompt's pass on a device: rows and K/V stay there, and only what somebody asks for is read back. */
export class DevicePass implements PromptPass {
  positions: Int32Array;
  readonly layersHeld: number;
  private readonly begun: WorkingRows[] = [];
  private chunks: Chunk[];
  private queries: DeviceTensor | null = null;
  /** By total. */
  private readonly lastIndex = new Map<number, DeviceTensor>();
  private readonly config: ModelConfig;
  private readonly rotary: RotaryTable;

  /** @throws EngineError OUT_OF_MEMORY, RUNTIME_FAILED */
  constructor(
    private readonly sessions: ModelSessions,
    private readonly device: DeviceMemory,
    private readonly cache: KvCache,
    private readonly tokens: readonly number[],
    start: number,
    capacity: number,
  ) {
    const { config } = sessions.model;
    this.config = config;
    this.rotary = new RotaryTable(config);
    this.layersHeld = Math.max(1, Math.floor(HELD_BYTES / (capacity * cache.bytesPerToken)));
    const longest = device.traits.fusedAttention ? FUSED_CHUNK : longestChunk(capacity);
    this.positions = Int32Array.from(tokens, (_, i) => start + i);
    let next = 0;
    this.chunks = allOrNone((hold) =>
      chunkLengths(tokens.length, longest).map((length) => {
        const from = next;
        next += length;
        return this.firstChunk(this.positions.slice(from, next), hold);
      }),
    );
  }

  chunkLengths(): number[] {
    return this.chunks.map(({ positions }) => positions.length);
  }

  chunkFrom(from: number): number {
    return this.chunkAt(from).positions.length;
  }

  begin(layer: number, history: number): WorkingRows {
    const working = this.cache.begin(layer, history, this.positions.length);
    this.begun.push(working);
    return working;
  }

  end(working: WorkingRows): void {
    this.begun.splice(this.begun.indexOf(working), 1);
    this.cache.end(working);
  }

  async run(layer: number, from: number, length: number, total: number): Promise<AnyTensor> {
    const { attention, residual, cos, sin } = this.chunkAt(from);
    const { keys, values } = this.begun[this.begun.length - 1];
    const queries = this.queriesOf(length);
    await runOnce(
      this.sessions.layers[layer],
      {
        ...(layer === 0 ? { hidden: this.embedded(from, length) } : { attention, residual }),
        ...{ cos, sin, ...this.lengths(length, total) },
        ...{ [`pastKey.${layer}`]: keys, [`pastValue.${layer}`]: values },
      },
      {
        ...{ attentionOut: attention, residualOut: residual, [`query.${layer}`]: queries },
        ...{ [`presentKey.${layer}`]: keys, [`presentValue.${layer}`]: values },
      },
    );
    return queries;
  }

  collect(queries: AnyTensor, rows: Int32Array): DeviceTensor {
    const wanted = this.device.tensor([rows.length, queries.dims[2]], 'float32');
    this.device.gatherRows(queries as DeviceTensor, rows, wanted);
    return wanted;
  }

  keep(kept: Int32Array): void {
    let from = 0;
    this.chunks = allOrNone((hold) =>
      this.chunks.flatMap((chunk) => {
        const end = from + chunk.positions.length;
        const own = kept.filter((row) => row >= from && row < end).map((row) => row - from);
        from = end;
        if (own.length === chunk.positions.length) return [chunk];
        const thinned = own.length > 0 ? [this.thinned(chunk, own, hold)] : [];
        release(chunk);
        return thinned;
      }),
    );
    this.positions = kept.map((row) => this.positions[row]);
  }

  async head(): Promise<Float32Array> {
    const last = this.chunks[this.chunks.length - 1];
    const chunk = allOrNone((hold) => this.thinned(last, Int32Array.of(last.positions.length - 1), hold));
    try {
      const logits = float32Tensor([1, this.config.vocabSize]);
      const { attention, residual } = chunk;
      await runOnce(this.sessions.layers[this.config.numLayers], { attention, residual }, { logits });
      return logits.values;
    } finally {
      release(chunk);
    }
  }

  release(): void {
    for (const chunk of this.chunks.splice(0)) release(chunk);
    for (const working of this.begun.splice(0)) this.cache.end(working);
    this.queries?.release();
    for (const tensor of this.lastIndex.values()) tensor.release();
  }

  private firstChunk(positions: Int32Array, hold: Hold): Chunk {
    const chunk = this.emptyChunk(positions, hold);
    const [cos, sin] = [float32Tensor(chunk.cos.dims), float32Tensor(chunk.sin.dims)];
    this.rotary.fill(positions, cos.values, sin.values);
    this.device.write(chunk.cos, cos.values);
    this.device.write(chunk.sin, sin.values);
    return chunk;
  }

  private emptyChunk(positions: Int32Array, hold: Hold): Chunk {
    const { device } = this;
    const { numHeads, headDim, hiddenSize } = this.config;
    const rows = positions.length;
    return {
      positions,
      attention: hold(device.tensor([1, rows, numHeads * headDim])),
      residual: hold(device.tensor([1, rows, hiddenSize])),
      cos: hold(device.tensor([rows, headDim / 2], 'float32')),
      sin: hold(device.tensor([rows, headDim / 2], 'float32')),
    };
  }

  /** `kept`: of the chunk's rows, ascending. */
  private thinned(chunk: Chunk, kept: Int32Array, hold: Hold): Chunk {
    const made = this.emptyChunk(
      kept.map((row) => chunk.positions[row]),
      hold,
    );
    for (const part of ['attention', 'residual', 'cos', 'sin'] as const) {
      this.device.gatherRows(chunk[part], kept, made[part]);
    }
    return made;
  }

  private chunkAt(from: number): Chunk {
    let first = 0;
    const found = this.chunks.find(({ positions }) => {
      const isIt = first === from;
      first += positions.length;
      return isIt;
    });
    if (!found) throw new RangeError(`No chunk begins at row ${from}.`);
    return found;
  }

  private embedded(from: number, length: number): Float32Tensor {
    const hidden = float32Tensor([1, length, this.config.hiddenSize]);
    this.sessions.embedding.lookUp(this.tokens.slice(from, from + length), hidden.values);
    return hidden;
  }

  private lengths(length: number, total: number): Record<string, AnyTensor> {
    const all = int32Tensor([1]);
    all.values[0] = total;
    const lastIndex = this.lastIndexOf(total);
    if (this.device.traits.fusedAttention) return { lastIndex, total: all };
    const ownKey = float32Tensor([length, 1]);
    ownKey.values.forEach((_, row) => {
      ownKey.values[row] = total - length + row;
    });
    const keyIndex = float32Tensor([1, total]);
    keyIndex.values.forEach((_, key) => {
      keyIndex.values[key] = key;
    });
    return { lastIndex, total: all, ownKey, keyIndex, length: int64Tensor(total) };
  }

  /** The same in most layers: then it is there already. */
  private lastIndexOf(total: number): DeviceTensor {
    const known = this.lastIndex.get(total);
    if (known) return known;
    const tensor = allOrNone((hold) => {
      const made = hold(this.device.tensor([1], 'int32'));
      this.device.write(made, Int32Array.of(total - 1));
      return made;
    });
    this.lastIndex.set(total, tensor);
    return tensor;
  }

  private queriesOf(rows: number): DeviceTensor {
    const { numHeads, headDim } = this.config;
    if (this.queries?.dims[1] !== rows) {
      this.queries?.release();
      this.queries = this.device.tensor([1, rows, numHeads * headDim], 'float32');
    }
    return this.queries;
  }
}

function release({ attention, residual, cos, sin }: Chunk): void {
  for (const tensor of [attention, residual, cos, sin]) tensor.release();
}
