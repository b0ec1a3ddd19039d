import type { ConvertedModel } from '../model/converted-model.js';
import { buildDeviceSegment, buildDeviceStep } from '../onnx/device-graphs.js';
import { buildDeviceScores } from '../onnx/device-scores-graph.js';
import type { Graph } from '../onnx/graph-builder.js';
import { buildScoreGraph, type ScoreReduction } from '../onnx/score-graph.js';
import { buildSegmentGraph, layerSegments, wholeBatch, wholeModel } from '../onnx/segment-graph.js';
import type { KvType } from '../types.js';
import type { DeviceMemory } from './ort/session.js';

/** The graphs of a model, as the processor or a device runs them. */
export interface ModelGraphs {
  /** Cut after each layer's attention, [numLayers + 1]. */
  layers(): Iterable<Graph>;
  /** All layers, on a cache of this type; `allLogits`: of every row, not only of the last. */
  whole(kvType: KvType, allLogits: boolean): Graph;
  /** All layers for one row of each of so many sequences, each on a cache of this type; null on a device. */
  batch(kvType: KvType, sequences: number): Graph | null;
  /** Attention of some queries over a layer's keys of this type; on a device of several layers. */
  scores(keyType: KvType, reduction: ScoreReduction, layers: number): Graph;
}

export function modelGraphs(model: ConvertedModel, device?: Pick<DeviceMemory, 'traits'>): ModelGraphs {
  if (device) return deviceGraphs(model, device);
  return {
    *layers() {
      for (const segment of layerSegments(model.config.numLayers)) yield buildSegmentGraph(model, segment);
    },
    whole: (kvType, allLogits) => buildSegmentGraph(model, wholeModel(kvType, allLogits)),
    batch: (kvType, sequences) => buildSegmentGraph(model, wholeBatch(kvType, sequences)),
    scores: (keyType, reduction) => buildScoreGraph(model.config, keyType, reduction),
  };
}

/** A device has one type for all, and gives the logits of one token a run. */
function deviceGraphs(model: ConvertedModel, { traits }: Pick<DeviceMemory, 'traits'>): ModelGraphs {
  return {
    *layers() {
      for (let layer = 0; layer <= model.config.numLayers; layer++) yield buildDeviceSegment(model, layer, traits);
    },
    whole: () => buildDeviceStep(model, traits),
    batch: () => null,
    scores: (_, reduction, layers) => buildDeviceScores(model, traits, reduction, layers),
  };
}
