import type { KvCache } from '../../kv/kv-cache.js';
import type { WorkingRows } from '../../kv/working-rows.js';
import type { ModelSessions } from '../model-sessions.js';
import { type AnyTensor, hostValues } from '../ort/session.js';
import { RotaryTable } from '../rope.js';
import { AliveRows } from './alive-rows.js';
import { LayerRunner, workingRows } from './layer-runner.js';
import { chunkLengths } from './prefill.js';
import type { PromptPass } from './prompt-pass.js';

/** A prompt's pass on the processor, over our own memory. */
export class HostPass implements PromptPass {
  /** All layers work on the same memory. */
  readonly layersHeld = 1;
  private readonly working: WorkingRows;
  private readonly rows: AliveRows;
  private readonly runner: LayerRunner;

  constructor(
    sessions: ModelSessions,
    private readonly cache: KvCache,
    tokens: readonly number[],
    start: number,
    capacity: number,
  ) {
    const { config } = sessions.model;
    this.rows = new AliveRows(config, new RotaryTable(config), start, tokens.length, (hidden) =>
      sessions.embedding.lookUp(tokens, hidden),
    );
    this.working = workingRows(config, capacity);
    this.runner = new LayerRunner(sessions, this.working);
  }

  get positions(): Int32Array {
    return this.rows.positions;
  }

  chunkLengths(): number[] {
    return chunkLengths(this.rows.count, this.runner.longestChunk);
  }

  chunkFrom(from: number, wanted: number): number {
    return chunkLengths(this.rows.count - from, Math.min(wanted, this.runner.longestChunk))[0];
  }

  begin(layer: number, history: number): WorkingRows {
    this.cache.copyTo(layer, this.working, history);
    return this.working;
  }

  end(): void {}

  run(layer: number, from: number, length: number, total: number): Promise<AnyTensor> {
    return this.runner.run(layer, this.rows.chunk(from, length), total);
  }

  collect(queries: AnyTensor, rows: Int32Array): Float32Array {
    const width = queries.dims[2];
    const values = hostValues(queries) as Float32Array;
    const read = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      read.set(values.subarray(row * width, (row + 1) * width), i * width);
    });
    return read;
  }

  keep(kept: Int32Array): void {
    this.rows.keep(kept);
  }

  head(): Promise<Float32Array> {
    return this.runner.head(this.rows.chunk(this.rows.count - 1, 1));
  }

  release(): void {}
}
