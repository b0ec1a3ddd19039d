import type { ModelConfig } from '../../model/model-config.js';
import type { Queries } from './scores.js';

/** Newest tokens whose queries are kept at least, to vote on what is dropped while an answer grows. */
const ANSWER_WINDOW = 64;

/** By layer, the rotated queries of the newest tokens: what those attended can be recomputed from them at any time. */
export class QueryRing {
  private readonly width: number;
  /** By layer, [windowLength, numHeads · headDim]. */
  private readonly rows: Float32Array[];
  /** Queries held, at most windowLength. */
  count = 0;
  /** Row that the next token's go into. */
  private next = 0;

  constructor(
    { numLayers, numHeads, headDim }: Pick<ModelConfig, 'numLayers' | 'numHeads' | 'headDim'>,
    readonly windowLength: number,
  ) {
    this.width = numHeads * headDim;
    this.rows = Array.from({ length: numLayers }, () => new Float32Array(windowLength * this.width));
  }

  /** @param windowLength that a policy has those vote of */
  static forAnswers(config: ConstructorParameters<typeof QueryRing>[0], windowLength = 0): QueryRing {
    return new QueryRing(config, Math.max(ANSWER_WINDOW, windowLength));
  }

  /** Forgets all. */
  clear(): void {
    this.count = 0;
    this.next = 0;
  }

  /** Takes over one token's queries of every layer, each [numHeads · headDim]. */
  push(queriesOf: (layer: number) => Float32Array): void {
    this.rows.forEach((rows, layer) => {
      rows.set(queriesOf(layer), this.next * this.width);
    });
    this.next = (this.next + 1) % this.windowLength;
    this.count = Math.min(this.count + 1, this.windowLength);
  }

  /**
   * How many of the newest tokens can vote in a layer: those behind the last of them that some head dropped.
   * @param positions places in the text of what each head holds
   */
  voters(atMost: number, positions: readonly Int32Array[]): number {
    let voters = Math.min(atMost, this.count, positions[0].length);
    const hasGap = (places: Int32Array) => places[places.length - voters] !== places[places.length - 1] - voters + 1;
    while (voters > 0 && positions.some(hasGap)) voters--;
    return voters;
  }

  /**
   * Of the newest `voters` tokens, oldest first, whose keys are the last ones of the layer's `cached`.
   * @param tokensSeen place in the text of the newest + 1; `which` of them: default all
   */
  queries(
    layer: number,
    cached: number,
    tokensSeen: number,
    voters: number,
    which = firstOf(voters),
  ): Queries & { values: Float32Array } {
    const { width, windowLength } = this;
    const values = new Float32Array(which.length * width);
    which.forEach((index, i) => {
      const row = (this.next - voters + index + windowLength) % windowLength;
      values.set(this.rows[layer].subarray(row * width, (row + 1) * width), i * width);
    });
    return { values, ...this.places(cached, tokensSeen, voters, which) };
  }

  /** Of the same, all but the queries themselves. */
  places(cached: number, tokensSeen: number, voters: number, which = firstOf(voters)): Omit<Queries, 'values'> {
    const fromEnd = (end: number) => which.map((index) => end - voters + index);
    return { positions: fromEnd(tokensSeen), ownKeys: fromEnd(cached) };
  }
}

function firstOf(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
