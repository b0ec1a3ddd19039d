import { presetConfig } from '../engine/kv/presets.js';
import { OrtCApi } from '../engine/runtime/ort/ort-c-api.js';
import { compareWithReference } from '../engine/testing/compare-with-reference.js';
import { loadModel } from '../engine/testing/load-model.js';
import { type MeasuredPreset, PRESETS } from './field.js';

/**
 * Mean KL of the whole engine to the float32 reference (`golden/full.json`), nats, in the default precision: of rounding,
 * and of what a preset drops. Of the default model only: of no other is there a reference.
 */
export async function engineKl(modelPath: string, threads: number): Promise<Record<MeasuredPreset, number>> {
  const loaded = await loadModel(modelPath, 'default', new OrtCApi(threads));
  try {
    const { hash, layers } = loaded.model.info;
    const kl: Partial<Record<MeasuredPreset, number>> = {};
    for (const preset of PRESETS) {
      const memory = await loaded.memory(presetConfig(preset, { hash, numLayers: layers }));
      kl[preset] = (await compareWithReference(memory)).kl;
    }
    return kl as Record<MeasuredPreset, number>;
  } finally {
    await loaded.release();
  }
}
