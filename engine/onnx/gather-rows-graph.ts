import type { ElementType, Graph } from './graph-builder.js';
import { GraphBuilder } from './graph-builder.js';

/** Inputs: `source` [rows, width], `index` int32 [kept]. Output: `target` [kept, width], those rows of the source. */
export function buildGatherRowsGraph(type: ElementType): Graph {
  const graph = new GraphBuilder('gather-rows');
  const source = graph.input('source', type, ['rows', 'width']);
  const index = graph.input('index', 'int32', ['kept']);
  graph.node('Gather', [source, index], { axis: { int: 0 } }, graph.output('target', type, ['kept', 'width']));
  return graph.build();
}
