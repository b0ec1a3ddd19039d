import type { ConvertedModel } from '../model/converted-model.js';
import type { AttentionFlow, LayerFlow } from './decoder-layer.js';
import { WeightNodes } from './device-weights.js';
import type { GraphBuilder } from './graph-builder.js';
import { plainAttention } from './plain-attention.js';

/** How graphs are written for a device. */
export interface DeviceForm {
  /** Of scales, of K/V and of what lies between layers. */
  type: 'float32' | 'float16';
  /** GroupQueryAttention is right for several tokens at once; else their attention is written out. */
  fusedAttention: boolean;
}

/** What a layer's attention needs besides its input. */
export interface AttentionInputs {
  /** [chunk, headDim / 2], of the form's type. */
  cos: string;
  sin: string;
  /** int32 [1]: tokens in the layer's cache after this chunk (in a captured run its capacity), and those less one. */
  total: string;
  lastIndex: string;
  /** For attention that is written out, as `causalBias` and `usedRows` take them; null: the operator's own. */
  plain: { ownKey: string; keyIndex: string; length: string } | null;
}

/**
 * The layers of a model as a device runs them: in the pattern that ONNX Runtime fuses there, with q, k and v apart, all
 * in the form's type. What a layer computes is what `attentionHalf` and `mlpHalf` compute.
 */
export class DeviceLayers {
  readonly weights: WeightNodes;

  constructor(
    readonly graph: GraphBuilder,
    private readonly model: ConvertedModel,
    private readonly form: DeviceForm,
  ) {
    this.weights = new WeightNodes(graph, model, form.type);
  }

  /** → what goes on, and the rotated queries, [1, chunk, numHeads · headDim] */
  attentionHalf(layer: number, inputs: AttentionInputs, { normed, residual }: LayerFlow) {
    const { graph, form } = this;
    const { numHeads, numKvHeads, headDim } = this.model.config;
    const { query, key, value } = this.projectQkv(layer, normed);
    const [rotatedQuery, rotatedKey] = [this.rotate(query, inputs, numHeads), this.rotate(key, inputs, numKvHeads)];
    const cache = (name: string) =>
      graph.input(`${name}.${layer}`, form.type, [1, numKvHeads, `capacity.${layer}`, headDim]);
    const present = (name: string) =>
      graph.output(`${name}.${layer}`, form.type, [1, numKvHeads, `presentCapacity.${layer}`, headDim]);
    const [presentKey, presentValue] = [present('presentKey'), present('presentValue')];
    const fused = graph.nextName('attention');
    graph.microsoftNode(
      'GroupQueryAttention',
      [rotatedQuery, rotatedKey, value, cache('pastKey'), cache('pastValue'), inputs.lastIndex, inputs.total],
      {
        num_heads: { int: numHeads },
        kv_num_heads: { int: numKvHeads },
        scale: { float: headDim ** -0.5 },
        do_rotary: { int: 0 },
      },
      [fused, presentKey, presentValue],
    );
    // Where the operator is wrong for several tokens, it still stores their keys and values.
    const attention = inputs.plain
      ? plainAttention(graph, this.model.config, {
          type: form.type,
          query: rotatedQuery,
          presentKey,
          presentValue,
          ...inputs.plain,
        })
      : fused;
    return { flow: { attention, residual }, rotatedQuery };
  }

  mlpHalf(layer: number, { attention, residual }: AttentionFlow): LayerFlow {
    const { graph, weights } = this;
    const { numLayers, hiddenSize, intermediateSize } = this.model.config;
    const name = (part: string) => `layers.${layer}.${part}`;
    const projected = weights.linear(name('o'), attention, { from: 0, rows: hiddenSize });
    const middle = this.addAndNorm(projected, residual, name('mlpNorm'));
    const gate = weights.linear(name('gateUp'), middle.normed, { from: 0, rows: intermediateSize });
    const up = weights.linear(name('gateUp'), middle.normed, { from: intermediateSize, rows: intermediateSize });
    const product = graph.node('Mul', [this.activated(name('gateUp'), gate), up]);
    const mlp = weights.linear(name('down'), product, { from: 0, rows: hiddenSize });
    const norm = layer + 1 < numLayers ? `layers.${layer + 1}.attnNorm` : 'finalNorm';
    return this.addAndNorm(mlp, middle.residual, norm);
  }

  /** SiLU: written out where ONNX Runtime fuses it with the products around it, which it does for 4 bits, else one node. */
  private activated(weight: string, gate: string): string {
    const { graph } = this;
    if (this.weights.bits(weight) !== 4) return graph.microsoftNode('QuickGelu', [gate], { alpha: { float: 1 } });
    return graph.node('Mul', [gate, graph.node('Sigmoid', [gate])]);
  }

  /** Embedding rows, float32 [1, chunk, hiddenSize], on their way into the first layer. */
  begin(hidden: string): LayerFlow {
    const residual = this.weights.inForm(hidden);
    return { normed: this.norm(residual, 'layers.0.attnNorm'), residual };
  }

  /** `logits`: the value that becomes them, float32 [chunk, vocabSize]. */
  head(normed: string, logits: string): void {
    const { tiedHead, vocabSize } = this.model.config;
    this.weights.output(tiedHead ? 'embedding' : 'head', normed, vocabSize, logits);
  }

  private norm(value: string, weight: string): string {
    return this.graph.node('SimplifiedLayerNormalization', [value, this.weights.vector(weight)], {
      axis: { int: -1 },
      epsilon: { float: this.model.config.rmsNormEps },
    });
  }

  private addAndNorm(value: string, residual: string, weight: string): LayerFlow {
    const { graph } = this;
    const [normed, sum] = [graph.nextName('normed'), graph.nextName('residual')];
    graph.microsoftNode(
      'SkipSimplifiedLayerNormalization',
      [value, residual, this.weights.vector(weight)],
      { epsilon: { float: this.model.config.rmsNormEps } },
      [normed, '', '', sum],
    );
    return { normed, residual: sum };
  }

  /** → query [1, chunk, numHeads · headDim], key and value [1, chunk, numKvHeads · headDim] */
  private projectQkv(layer: number, normed: string) {
    const { numHeads, numKvHeads, headDim, qkNorm } = this.model.config;
    const [queryRows, keyRows] = [numHeads * headDim, numKvHeads * headDim];
    const project = (from: number, rows: number) => this.projected(layer, normed, { from, rows });
    const query = project(0, queryRows);
    const key = project(queryRows, keyRows);
    const value = project(queryRows + keyRows, keyRows);
    if (!qkNorm) return { query, key, value };
    return {
      query: this.headwiseNorm(query, `layers.${layer}.qNorm`, numHeads),
      key: this.headwiseNorm(key, `layers.${layer}.kNorm`, numKvHeads),
      value,
    };
  }

  private projected(layer: number, normed: string, part: { from: number; rows: number }): string {
    const { graph, weights } = this;
    const product = weights.linear(`layers.${layer}.qkv`, normed, part);
    if (!this.model.config.qkvBias) return product;
    return graph.node('Add', [product, weights.vector(`layers.${layer}.qkvBias`, part)]);
  }

  private headwiseNorm(value: string, weight: string, heads: number): string {
    const { graph } = this;
    const apart = graph.int64Constant(`heads${heads}`, [0, 0, heads, this.model.config.headDim]);
    const normed = this.norm(graph.node('Reshape', [value, apart]), weight);
    return graph.node('Reshape', [normed, graph.int64Constant('headsTogether', [0, 0, -1])]);
  }

  private rotate(value: string, { cos, sin }: AttentionInputs, heads: number): string {
    const attributes = { num_heads: { int: heads }, rotary_embedding_dim: { int: this.model.config.headDim } };
    return this.graph.microsoftNode(
      'RotaryEmbedding',
      [value, this.graph.int64Constant('rotaryOffset', [0]), cos, sin],
      attributes,
    );
  }
}
