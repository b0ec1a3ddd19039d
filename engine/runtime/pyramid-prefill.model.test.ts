import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planPrompt } from '../kv/policy.js';
import { contextShares, selectionLayers } from '../kv/schedule.js';
import { meanLoss } from '../testing/compare-with-reference.js';
import { readGolden } from '../testing/golden.js';
import { type GoldenPyramid, readGoldenPyramid } from '../testing/golden-pyramid.js';
import { type LoadedDecoder, loadDecoder } from '../testing/load-decoder.js';
import { AttentionScores } from './attention-scores.js';
import { OrtCApi } from './ort-c-api.js';
import { pyramidPrefill } from './pyramid-prefill.js';

const modelPath = path.resolve(import.meta.dirname, '../../assets/models/SmolLM2-135M-Instruct.Q4_1.gguf');
const LAYERS = 30;

/** The golden prefix read under the golden configuration. */
async function readPrefix(golden: GoldenPyramid, precision: 'default' | 'float32'): Promise<LoadedDecoder> {
  const { tokenIds } = await readGolden('full.json');
  const factory = new OrtCApi();
  const cuts = selectionLayers(contextShares(golden.config.schedule, LAYERS));
  const loaded = await loadDecoder(modelPath, precision, { factory, shape: { cuts, queryLayers: cuts } });
  const { decoder, cache, model } = loaded;
  const scores = await AttentionScores.create(model.config, factory, 2);
  const plan = planPrompt(golden.config, LAYERS, { promptStart: 0, tokensSeen: golden.prefix });
  let last = { rowsDone: 0, rowsTotal: 1 };
  for await (const progress of pyramidPrefill({ decoder, cache, scores }, tokenIds.slice(0, golden.prefix), 0, plan)) {
    expect(progress.rowsDone).toBeGreaterThan(last.rowsDone);
    last = progress;
  }
  expect(last.rowsDone).toBe(last.rowsTotal);
  await scores.release();
  return loaded;
}

function depths({ cache }: LoadedDecoder, tokens: number): number[] {
  const depth = new Array<number>(tokens).fill(0);
  for (let layer = 0; layer < LAYERS; layer++) for (const position of cache.positions(layer)) depth[position]++;
  return depth;
}

const equalShare = (a: number[], b: number[]) => a.filter((value, i) => value === b[i]).length / a.length;

describe('a prompt read by PyramidInfer against the float32 reference', () => {
  it.each(['late', 'late2'])(
    '%s, float32: the same tokens in every layer, the same logits, the same loss',
    async (name) => {
      const golden = await readGoldenPyramid(name);
      const loaded = await readPrefix(golden, 'float32');
      const { decoder, cache } = loaded;
      expect(Array.from({ length: LAYERS }, (_, layer) => cache.length(layer))).toEqual(golden.cachedPerLayer);
      expect(equalShare(depths(loaded, golden.prefix), golden.survivalDepth)).toBeGreaterThanOrEqual(0.999);
      for (const [id, logit] of golden.lastPrefixLogitsTop10) {
        expect(Math.abs(decoder.logits.values[id] - logit)).toBeLessThan(1e-3);
      }
      const { tokenIds } = await readGolden('full.json');
      expect(Math.abs((await meanLoss(decoder, tokenIds, golden.prefix)) - golden.meanNll)).toBeLessThan(1e-3);
      await loaded.release();
    },
  );

  it.each(['paper', 'paper95', 'window'])(
    '%s, float32: the same tokens in every layer, the same logits',
    async (name) => {
      const golden = await readGoldenPyramid(name);
      const loaded = await readPrefix(golden, 'float32');
      const lengths = Array.from({ length: LAYERS }, (_, layer) => loaded.cache.length(layer));
      expect(lengths).toEqual(golden.cachedPerLayer);
      expect(equalShare(depths(loaded, golden.prefix), golden.survivalDepth)).toBeGreaterThanOrEqual(0.999);
      for (const [id, logit] of golden.lastPrefixLogitsTop10) {
        expect(Math.abs(loaded.decoder.logits.values[id] - logit)).toBeLessThan(1e-3);
      }
      await loaded.release();
    },
  );

  it('default precision: as many tokens in every layer, nearly all of them the same', async () => {
    const golden = await readGoldenPyramid('paper');
    const loaded = await readPrefix(golden, 'default');
    const lengths = Array.from({ length: LAYERS }, (_, layer) => loaded.cache.length(layer));
    expect(lengths).toEqual(golden.cachedPerLayer);
    const share = equalShare(depths(loaded, golden.prefix), golden.survivalDepth);
    expect(share).toBeGreaterThan(0.5);
    expect(share).toBeLessThan(1);
    await loaded.release();
  });
});
