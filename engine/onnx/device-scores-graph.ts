import type { ConvertedModel } from '../model/converted-model.js';
import type { DeviceForm } from './device-layer.js';
import { DATA_TYPE, type Graph, GraphBuilder } from './graph-builder.js';
import { attentionTo, usedRows } from './plain-attention.js';
import type { ScoreReduction } from './score-graph.js';

/** How far a key that a query must not see is put below the others, for each step that it is behind the query's own. */
export const BEHIND_STEP = 1e4;

/**
 * What `buildScoreGraph` builds, in operators that a device has, of several layers: each run has a price of its own.
 *
 * Inputs: `facts` float32 [rows, headDim + 3]: for each row that votes cos and sin of what it is rotated on by, times the
 * scale of the attention; how many keys are behind its own, times BEHIND_STEP; its weight; and which of a layer's queries
 * it is. `behind` float32 [1, any]: …, 2, 1, 0 times BEHIND_STEP, and `behindEnd` int64 [1], as many. For each layer
 * `queries.N` float32 [all, numHeads · headDim], rotated, of which those from `first.N` to before `end.N` (int64 [1]) are
 * asked; `keys.N` of the form's type [1, numKvHeads, capacity, headDim]; `length.N` int64 [1]; `behindFrom.N` int64 [1],
 * from where on `behind` is as long.
 * Output: `scores` float32 [all]: of each layer [numHeads, 1, length].
 */
export function buildDeviceScores(
  { config }: Pick<ConvertedModel, 'config'>,
  { type }: Pick<DeviceForm, 'type'>,
  reduction: ScoreReduction,
  layers: number,
): Graph {
  const { numHeads, numKvHeads, headDim } = config;
  const graph = new GraphBuilder('device-scores');
  const [half, width] = [headDim / 2, numHeads * headDim];
  const place = (name: string) => graph.input(name, 'int64', [1]);
  const constant = (name: string, values: number[]) => graph.int64Constant(name, values);
  const facts = graph.input('facts', 'float32', ['rows', headDim + 3]);
  const names = ['cos', 'sin', 'ownBehind', 'weight', 'row'].map((name) => graph.nextName(name));
  graph.manyOutputs('Split', [facts, constant('parts', [half, half, 1, 1, 1])], names, { axis: { int: 1 } });
  const [cos, sin, ownBehind, weight, row] = names;
  const flatRows = graph.node('Reshape', [row, constant('flat', [-1])]);
  const rows = graph.node('Cast', [flatRows], { to: { int: DATA_TYPE.int32 } });
  const weights = graph.node('Reshape', [weight, constant('byRow', [1, -1])]);
  const behind = graph.input('behind', 'float32', [1, 'table']);
  const behindEnd = place('behindEnd');
  const scoresOf = (layer: number) => {
    const all = graph.input(`queries.${layer}`, 'float32', [`all.${layer}`, width]);
    const asked = graph.node('Slice', [
      all,
      place(`first.${layer}`),
      place(`end.${layer}`),
      constant('queryAxis', [0]),
    ]);
    const voting = graph.node('Gather', [asked, rows], { axis: { int: 0 } });
    const query = graph.microsoftNode(
      'RotaryEmbedding',
      [graph.node('Reshape', [voting, constant('batch', [1, -1, width])]), constant('rotaryOffset', [0]), cos, sin],
      { num_heads: { int: numHeads }, rotary_embedding_dim: { int: headDim } },
    );
    const keysBehind = graph.node('Slice', [behind, place(`behindFrom.${layer}`), behindEnd, constant('keyAxis', [1])]);
    const step = graph.node('Sub', [keysBehind, ownBehind]);
    const bias = graph.node('Min', [step, graph.float32Scalar('nothing', 0)]);
    const cache = graph.input(`keys.${layer}`, type, [1, numKvHeads, `capacity.${layer}`, headDim]);
    const used = usedRows(graph, cache, place(`length.${layer}`), config);
    const keys = type === 'float32' ? used : graph.node('Cast', [used], { to: { int: DATA_TYPE.float32 } });
    const attention = attentionTo(graph, config, { query, keys, bias });
    if (reduction === 'sum') return graph.node('MatMul', [weights, attention]);
    return graph.node('ReduceMax', [attention], { axes: { ints: [1] } });
  };
  const parts = Array.from({ length: layers }, (_, layer) =>
    graph.node('Reshape', [scoresOf(layer), constant('flat', [-1])]),
  );
  graph.node('Concat', parts, { axis: { int: 0 } }, graph.output('scores', 'float32', ['scores']));
  return graph.build();
}
