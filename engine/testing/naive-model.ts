import type { ConvertedModel } from '../model/converted-model.js';
import { readWeight } from './read-weights.js';

/** A cached token: rotated key, and value, each [headDim]. */
export interface NaiveRow {
  position: number;
  key: Float64Array;
  value: Float64Array;
}

/** What each KV head of a layer holds, in the order of the text. [numKvHeads][rows] */
export type NaiveCache = NaiveRow[][];

export interface NaiveToken {
  position: number;
  /** Residual stream, [hiddenSize]. */
  hidden: Float64Array;
}

export interface NaiveLayer {
  /** Of history and tokens together. */
  cache: NaiveCache;
  /** What each token's query gave each row of its KV head; 0 for rows behind it. [tokens][numHeads][rows] */
  attention: Float64Array[][];
  /** Rotated. [tokens][numHeads][headDim] */
  queries: Float64Array[][];
  /** The tokens behind the layer. */
  tokens: NaiveToken[];
}

/**
 * A llama as plain loops in float64 over the converted float32 weights: attention rows are computed in full and kept.
 * Written from the papers and the names of the weights alone, so that nothing of it can be wrong in the way the engine
 * is.
 */
export class NaiveModel {
  private readonly weights = new Map<string, Float32Array>();

  /** @param model imported in float32, without biases or norms of heads */
  constructor(readonly model: ConvertedModel) {
    for (const name of Object.keys(model.weights)) this.weights.set(name, readWeight(model, name));
  }

  embed(token: number, position: number): NaiveToken {
    const { hiddenSize } = this.model.config;
    return {
      position,
      hidden: Float64Array.from(this.weight('embedding').subarray(token * hiddenSize, (token + 1) * hiddenSize)),
    };
  }

  /** Runs tokens through one layer; they see what is at or before them, of `history` and of themselves. */
  run(layer: number, tokens: readonly NaiveToken[], history: NaiveCache): NaiveLayer {
    const projected = tokens.map((token) => this.project(layer, token));
    const cache = history.map((rows, head) => [
      ...rows,
      ...projected.map(({ keys, values }, i) => {
        return { position: tokens[i].position, key: keys[head], value: values[head] };
      }),
    ]);
    const attention = projected.map(({ queries }, i) => this.attend(queries, tokens[i].position, cache));
    return {
      cache,
      attention,
      queries: projected.map(({ queries }) => queries),
      tokens: tokens.map((token, i) => this.finish(layer, token, this.mix(attention[i], cache))),
    };
  }

  /** Softmax over the rows at or before a position, for each head. [numHeads][rows] */
  attend(queries: readonly Float64Array[], position: number, cache: NaiveCache): Float64Array[] {
    const { headDim } = this.model.config;
    return queries.map((query, head) => {
      const rows = cache[this.kvHead(head)];
      const logits = rows.map((row) =>
        row.position > position ? -Infinity : dot(query, row.key) / Math.sqrt(headDim),
      );
      const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
      const exponentials = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
      const sum = exponentials.reduce((a, b) => a + b, 0);
      return exponentials.map((value) => value / sum);
    });
  }

  /** [vocabSize] */
  logits({ hidden }: NaiveToken): Float64Array {
    const { tiedHead } = this.model.config;
    return this.multiply(tiedHead ? 'embedding' : 'head', this.norm('finalNorm', hidden));
  }

  private project(layer: number, { hidden, position }: NaiveToken) {
    const { numHeads, numKvHeads, headDim } = this.model.config;
    const all = this.multiply(`layers.${layer}.qkv`, this.norm(`layers.${layer}.attnNorm`, hidden));
    const head = (index: number) => all.slice(index * headDim, (index + 1) * headDim);
    const heads = (first: number, count: number) => Array.from({ length: count }, (_, i) => head(first + i));
    return {
      queries: heads(0, numHeads).map((query) => this.rotated(query, position)),
      keys: heads(numHeads, numKvHeads).map((key) => this.rotated(key, position)),
      values: heads(numHeads + numKvHeads, numKvHeads),
    };
  }

  /** Rotary embedding for a place, or on from one by so many: element i turns with i + headDim / 2. */
  rotated(vector: Float64Array, position: number): Float64Array {
    const half = vector.length / 2;
    const turned = new Float64Array(vector.length);
    for (let i = 0; i < half; i++) {
      // Models are trained with angles in float32.
      const angle = Math.fround(position * Math.fround(this.model.config.rope.theta ** (-i / half)));
      const [a, b] = [vector[i], vector[i + half]];
      turned[i] = a * Math.cos(angle) - b * Math.sin(angle);
      turned[i + half] = a * Math.sin(angle) + b * Math.cos(angle);
    }
    return turned;
  }

  /** Values weighted by attention, heads side by side. [numHeads · headDim] */
  private mix(attention: readonly Float64Array[], cache: NaiveCache): Float64Array {
    const { headDim } = this.model.config;
    const mixed = new Float64Array(attention.length * headDim);
    attention.forEach((shares, head) => {
      cache[this.kvHead(head)].forEach(({ value }, row) => {
        for (let d = 0; d < headDim; d++) mixed[head * headDim + d] += shares[row] * value[d];
      });
    });
    return mixed;
  }

  private finish(layer: number, { hidden, position }: NaiveToken, mixed: Float64Array): NaiveToken {
    const middle = sum(hidden, this.multiply(`layers.${layer}.o`, mixed));
    const both = this.multiply(`layers.${layer}.gateUp`, this.norm(`layers.${layer}.mlpNorm`, middle));
    const half = both.length / 2;
    const gated = both.slice(0, half).map((gate, i) => (gate / (1 + Math.exp(-gate))) * both[half + i]);
    return { position, hidden: sum(middle, this.multiply(`layers.${layer}.down`, gated)) };
  }

  private norm(name: string, vector: Float64Array): Float64Array {
    const weight = this.weight(name);
    const square = vector.reduce((total, value) => total + value * value, 0) / vector.length;
    return vector.map((value, i) => (value / Math.sqrt(square + this.model.config.rmsNormEps)) * weight[i]);
  }

  /** A matrix times a vector. */
  private multiply(name: string, vector: Float64Array): Float64Array {
    const weight = this.weight(name);
    const product = new Float64Array(weight.length / vector.length);
    for (let row = 0, at = 0; row < product.length; row++) {
      for (let column = 0; column < vector.length; column++) product[row] += weight[at++] * vector[column];
    }
    return product;
  }

  private weight(name: string): Float32Array {
    const found = this.weights.get(name);
    if (found) return found;
    throw new Error(`no weight ${name}`);
  }

  private kvHead(head: number): number {
    const { numHeads, numKvHeads } = this.model.config;
    return Math.floor(head / (numHeads / numKvHeads));
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i] * b[i];
  return product;
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]);
}
