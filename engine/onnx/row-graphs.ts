import type { ElementType, Graph } from './graph-builder.js';
import { DATA_TYPE, GraphBuilder } from './graph-builder.js';

/**
 * Inputs: `source` [rows, width]; `places` float32 [all], row numbers of this and of other runs, as a device has no Slice
 * of integers; `from`, `to` int64 [1], which of them are this one's. Output: `target` [kept, width], those rows of the source.
 */
export function buildGatherRowsGraph(type: ElementType): Graph {
  const graph = new GraphBuilder('gather-rows');
  const source = graph.input('source', type, ['rows', 'width']);
  const own = graph.node('Slice', [
    graph.input('places', 'float32', ['all']),
    graph.input('from', 'int64', [1]),
    graph.input('to', 'int64', [1]),
  ]);
  const index = graph.node('Cast', [own], { to: { int: DATA_TYPE.int32 } });
  graph.node('Gather', [source, index], { axis: { int: 0 } }, graph.output('target', type, ['kept', 'width']));
  return graph.build();
}

/** Inputs: `part.0` … float32 [any]. Output: `joined` float32, one behind the other. */
export function buildJoinGraph(parts: number): Graph {
  const graph = new GraphBuilder('join');
  const inputs = Array.from({ length: parts }, (_, i) => graph.input(`part.${i}`, 'float32', [`length.${i}`]));
  graph.node('Concat', inputs, { axis: { int: 0 } }, graph.output('joined', 'float32', ['all']));
  return graph.build();
}
