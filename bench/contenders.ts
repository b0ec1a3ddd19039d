import { readFileSync } from 'node:fs';
import { plannedFraction } from '../engine/evaluate/planned-fraction.js';
import { type CompressionConfig, type PolicyConfig, parseCompressionConfig } from '../engine/kv/compression-config.js';
import { presetConfig } from '../engine/kv/presets.js';
import { PRESET_NAMES } from '../engine/types.js';

/** A compression as a row of a table names it. */
export interface Contender {
  name: string;
  config: CompressionConfig;
}

/** Share of the tokens that the policies of others keep: what the preset `compact` may keep. */
const EQUAL_SHARE = 0.46;
/** Length of text at which shares are counted; only rounding depends on it. */
const COUNTED_TOKENS = 2048;
/** SnapKV's window and pooling are those of its authors (Li et al. 2024), which PyramidKV took over (Cai et al. 2024). */
const OTHERS = ['streaming-llm', 'h2o', 'snap-kv', 'pyramid-kv'];

function othersOf(numLayers: number): PolicyConfig[] {
  return OTHERS.map((file) => {
    const text = readFileSync(new URL(`./policies/${file}.json`, import.meta.url), 'utf8');
    return parseCompressionConfig(JSON.parse(text), numLayers).policy;
  });
}

/** Every preset of a model and, at the tokens that `compact` may keep, the policies of others; K/V in int8. */
export function contendersOf(model: { hash: string; numLayers: number }): Contender[] {
  const presets = PRESET_NAMES.map((name): Contender => {
    const { policy } = presetConfig(name, model);
    return { name, config: { kvType: 'int8', policy } };
  });
  const others = [...othersOf(model.numLayers), paperAtEqualShare(model)].map(
    (policy): Contender => ({ name: `${policy.name} at ${EQUAL_SHARE}`, config: { kvType: 'int8', policy } }),
  );
  return [...presets, ...others];
}

/** The paper's cosine, as steep as it must be to keep no more. */
function paperAtEqualShare(model: { hash: string; numLayers: number }): PolicyConfig {
  const { policy } = presetConfig('paper', model);
  if (policy.name !== 'pyramidInfer') throw new Error('The preset paper is no pyramid.');
  let [fits, tooMuch] = [0, 1];
  const at = (prefillDecayRatio: number): PolicyConfig => ({
    ...policy,
    schedule: { type: 'cosine', prefillDecayRatio },
  });
  while (tooMuch - fits > 0.001) {
    const middle = (fits + tooMuch) / 2;
    if (plannedFraction(at(middle), model.numLayers, COUNTED_TOKENS) <= EQUAL_SHARE) fits = middle;
    else tooMuch = middle;
  }
  return at(fits);
}
