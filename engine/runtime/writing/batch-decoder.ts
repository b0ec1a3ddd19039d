import { EngineError } from '../../errors.js';
import type { KvCache } from '../../kv/kv-cache.js';
import type { KvType } from '../../types.js';
import type { ModelSessions } from '../model-sessions.js';
import {
  type BoundRun,
  type Float32Tensor,
  float32Tensor,
  type Int32Tensor,
  int32Tensor,
  type Session,
} from '../ort/session.js';
import { RotaryTable } from '../rope.js';
import { bindRows, type DecoderRows, decoderRows, fillLengths } from './decoder-rows.js';

/** Bindings grow with it, and what is won by more rows does not. */
export const MOST_SEATS = 256;

/** A token that is run behind what a cache holds. */
export interface BatchRow {
  cache: KvCache;
  token: number;
  /** Its place in the text. */
  position: number;
}

/**
 * One token of each of several sequences through all layers in one run. Weights are read once for all rows, which is
 * what makes it worth while; attention is each sequence's own, on its own cache with its own lengths.
 */
export class BatchDecoder {
  private readonly rotary: RotaryTable;
  private readonly rows: DecoderRows;
  /** [seats, 2 · numLayers] */
  private readonly lengths: Int32Tensor;
  /** [1, seats, vocabSize] */
  private readonly logits: Float32Tensor;
  /** Seats that nobody has are computed, too: on this. */
  private readonly spare: KvCache;
  /** The run bound to buffers of these caches, one a seat, as they were at these revisions. */
  private bound: { run: BoundRun; caches: readonly KvCache[]; revisions: readonly number[] } | null = null;

  private constructor(
    private readonly sessions: ModelSessions,
    private readonly session: Session,
    readonly kvType: KvType,
    /** Sequences that a run has room for. */
    readonly seats: number,
  ) {
    const { config } = sessions.model;
    this.rotary = new RotaryTable(config);
    this.rows = decoderRows(config, kvType, seats);
    this.lengths = int32Tensor([seats * 2 * config.numLayers]);
    this.logits = float32Tensor([1, seats, config.vocabSize]);
    this.spare = sessions.cache(1, kvType);
    this.spare.reserve(1);
  }

  /** @throws EngineError REQUEST_INVALID, DEVICE_UNAVAILABLE for a model on a device, RUNTIME_FAILED, OUT_OF_MEMORY */
  static async create(sessions: ModelSessions, kvType: KvType, seats: number): Promise<BatchDecoder> {
    if (!Number.isInteger(seats) || seats < 1 || seats > MOST_SEATS) {
      throw new EngineError(
        'REQUEST_INVALID',
        `${seats} chats cannot be written at once: it takes 1 to ${MOST_SEATS} of them.`,
      );
    }
    const session = await sessions.batch(kvType, seats);
    try {
      return new BatchDecoder(sessions, session, kvType, seats);
    } catch (cause) {
      await session.release();
      throw new EngineError(
        'OUT_OF_MEMORY',
        `No memory to write ${seats} chats at once. Take fewer of them, or close other programs.`,
        { seats },
        { cause },
      );
    }
  }

  /**
   * Runs one token of each.
   * @param rows on caches of the batch's type, each on its own, as many as there are seats at most
   * @returns logits of each, [vocabSize], in the order of the rows; overwritten by the next run
   * @throws EngineError RUNTIME_FAILED, OUT_OF_MEMORY; no cache then holds its token
   */
  async run(rows: readonly BatchRow[]): Promise<Float32Array[]> {
    const caches = rows.map(({ cache }) => cache);
    for (const cache of caches) cache.reserve(1);
    const seated = Array.from({ length: this.seats }, (_, seat) => caches[seat] ?? this.spare);
    this.fill(rows, seated);
    await this.boundTo(seated).run();
    rows.forEach((row, i) => {
      this.append(row, i);
    });
    const { vocabSize } = this.sessions.model.config;
    return rows.map((_, i) => this.logits.values.subarray(i * vocabSize, (i + 1) * vocabSize));
  }

  /** Rotated queries of a row of the last run in a layer, [numHeads · headDim]; overwritten by the next run. */
  queries(layer: number, row: number): Float32Array {
    return rowOf(this.rows.queries[layer], row);
  }

  /** Lets go of the caches of the last run and of their buffers, which it holds for the next one. */
  unbind(): void {
    this.bound?.run.release();
    this.bound = null;
  }

  /** Waits for the run under way. Before the model's sessions are released. */
  async release(): Promise<void> {
    this.unbind();
    this.spare.clear();
    await this.session.release();
  }

  private fill(rows: readonly BatchRow[], seated: readonly KvCache[]): void {
    const { hidden, cos, sin } = this.rows;
    const positions = new Int32Array(this.seats);
    positions.set(rows.map(({ position }) => position));
    this.sessions.embedding.lookUp(
      rows.map(({ token }) => token),
      hidden.values,
    );
    this.rotary.fill(positions, cos.values, sin.values);
    const each = this.lengths.values.length / this.seats;
    seated.forEach((cache, seat) => {
      fillLengths(this.lengths.values.subarray(seat * each, (seat + 1) * each), cache, 1);
    });
  }

  private boundTo(caches: readonly KvCache[]): BoundRun {
    const { bound } = this;
    const isBound = (cache: KvCache, seat: number) =>
      bound?.caches[seat] === cache && bound.revisions[seat] === cache.revision;
    if (bound && caches.every(isBound)) return bound.run;
    this.unbind();
    const { lengths, logits } = this;
    const named = caches.map((cache, seat) => ({ cache, suffix: `.${seat}` }));
    const run = bindRows(this.session, this.rows, { lengths, logits }, named);
    this.bound = { run, caches, revisions: caches.map(({ revision }) => revision) };
    return run;
  }

  private append({ cache, position }: BatchRow, row: number): void {
    const { keys, values } = this.rows;
    for (let layer = 0; layer < cache.shape.numLayers; layer++) {
      const exact = keys.length > 0 && { keys: rowOf(keys[layer], row), values: rowOf(values[layer], row) };
      cache.append(layer, Int32Array.of(position), exact || undefined);
    }
  }
}

/** Of [1, rows, width]. */
function rowOf({ values, dims }: Float32Tensor, row: number): Float32Array {
  return values.subarray(row * dims[2], (row + 1) * dims[2]);
}
