import { EngineError } from '../errors.js';

/**
 * Tokens by falling logit, equal ones by rising id, ranked only as far as asked: a heap whose memory is made once.
 */
export class RankedTokens {
  /** Ids: a heap, or after `rankTop` the ranking itself. [vocabSize] */
  private readonly heap: Int32Array;
  private size = 0;

  constructor(
    vocabSize: number,
    /** [vocabSize] */
    private readonly logits: Float32Array,
  ) {
    this.heap = new Int32Array(vocabSize);
  }

  /**
   * The best token, of equal ones that with the lowest id.
   * @throws RUNTIME_FAILED if a logit is not a number, or none is finite
   */
  best(): number {
    const { logits } = this;
    let best = 0;
    let highest = Number.NEGATIVE_INFINITY;
    let allNumbers = true;
    for (let id = 0; id < logits.length; id++) {
      const logit = logits[id];
      if (logit > highest) {
        highest = logit;
        best = id;
      } else if (!(logit <= highest)) allNumbers = false;
    }
    if (allNumbers && Number.isFinite(highest)) return best;
    throw unusable();
  }

  /**
   * Ranks the `count` best tokens into the front of the returned array. [vocabSize]
   * @throws as `best`
   */
  rankTop(count: number): Int32Array {
    const { heap, logits } = this;
    for (let id = 0; id < count; id++) {
      if (Number.isNaN(logits[id])) throw unusable();
      heap[id] = id;
    }
    for (let parent = (count >> 1) - 1; parent >= 0; parent--) this.sink(parent, count, -1);
    let worst = logits[heap[0]];
    for (let id = count; id < logits.length; id++) {
      const logit = logits[id];
      // An equal logit at a higher id ranks below, so only a higher one displaces the worst.
      if (logit <= worst) continue;
      if (Number.isNaN(logit)) throw unusable();
      heap[0] = id;
      this.sink(0, count, -1);
      worst = logits[heap[0]];
    }
    for (let end = count - 1; end > 0; end--) {
      const last = heap[end];
      heap[end] = heap[0];
      heap[0] = last;
      this.sink(0, end, -1);
    }
    if (!Number.isFinite(logits[heap[0]])) throw unusable();
    return heap;
  }

  /** Gathers the tokens of at least this logit, for `takeBest`. */
  gather(threshold: number): void {
    const { heap, logits } = this;
    let size = 0;
    for (let id = 0; id < logits.length; id++) if (logits[id] >= threshold) heap[size++] = id;
    this.size = size;
    for (let parent = (size >> 1) - 1; parent >= 0; parent--) this.sink(parent, size, 1);
  }

  /** The best token not yet taken, −1 when all are. */
  takeBest(): number {
    if (this.size === 0) return -1;
    const best = this.heap[0];
    this.heap[0] = this.heap[--this.size];
    this.sink(0, this.size, 1);
    return best;
  }

  /** Restores the heap below `parent`; at its root is the best token (`sign` 1) or the worst (−1). */
  private sink(parent: number, size: number, sign: 1 | -1): void {
    const { heap, logits } = this;
    const id = heap[parent];
    const logit = logits[id];
    let hole = parent;
    for (let child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
      const right = child + 1;
      if (right < size && this.order(heap[right], heap[child]) * sign > 0) child = right;
      const below = heap[child];
      const difference = logits[below] - logit || id - below;
      if (difference * sign <= 0) break;
      heap[hole] = below;
      hole = child;
    }
    heap[hole] = id;
  }

  /** > 0 if `a` ranks above `b`. */
  private order(a: number, b: number): number {
    return this.logits[a] - this.logits[b] || b - a;
  }
}

function unusable(): EngineError {
  return new EngineError(
    'RUNTIME_FAILED',
    'The model computed no usable probabilities for the next token (not a number, or none finite). ' +
      'The model file may be damaged: download it again, or use another one.',
  );
}
