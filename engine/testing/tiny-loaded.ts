import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PyramidInferConfig } from '../kv/policies/pyramid-infer.js';
import type { ChatMemory } from '../runtime/chat-memory.js';
import type { SessionFactory } from '../runtime/ort/session.js';
import type { Precision } from '../types.js';
import { type LoadedModel, loadModel } from './load-model.js';
import { writeTinyGguf } from './tiny-model.js';

export interface TinyChatOptions {
  layers?: number;
  seed?: number;
  /** Tokens; long enough by default that policies drop some. */
  contextLength?: number;
  factory?: SessionFactory;
  precision?: Precision;
}

/** A random model, in float32 unless told otherwise, with room for a chat. */
export async function loadTinyModel(options: TinyChatOptions = {}): Promise<LoadedModel> {
  const { layers = 6, seed = 7, contextLength = 1024, factory, precision = 'float32' } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'pyramid-tiny-'));
  const metadata = { 'llama.context_length': { type: 'u32', value: contextLength } } as const;
  const loaded = await loadModel(await writeTinyGguf(folder, { layers, seed, metadata }), precision, factory);
  const release = async () => {
    await loaded.release();
    await rm(folder, { recursive: true });
  };
  return { ...loaded, release };
}

/** A pyramid that drops much of a few hundred tokens, and soon prunes what is written. */
export const STEEP_PYRAMID: PyramidInferConfig = {
  schedule: {
    type: 'step',
    steps: [
      [1, 0.7],
      [3, 0.3],
    ],
  },
  recentRatio: 0.2,
  scoreRows: 16,
  distanceWeight: 1.5,
  sinkLength: 4,
  minContextLength: 0,
  layerInterval: 1,
  generation: { windowLength: 16, exceedLength: 8, compressRatio: 0.75, decayRatio: 0.8 },
};

/** Places in the text of what each layer's heads hold. [numLayers][numKvHeads][rows] */
export function heldPlaces(memory: ChatMemory): number[][][] {
  return memory.stats().layers.map((_, layer) => memory.heldPositions(layer).map((places) => [...places]));
}
