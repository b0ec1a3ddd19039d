import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CompressionConfig, parseCompressionConfig } from '../kv/compression-config.js';
import { presetConfig } from '../kv/presets.js';
import type { Runtime } from '../runtime/load-runtime.js';
import { liveNativeObjects } from '../runtime/ort/ort-native.js';
import { seededRandom } from '../sampling/random.js';
import { readGolden } from '../testing/golden.js';
import { loadTinyRuntime } from '../testing/tiny-runtime.js';
import {
  type ContinuationMeasurement,
  compareWindow,
  measureContinuation,
  readReference,
  summarizeContinuation,
  type WindowOutcome,
} from './continuation.js';
import { FULL_CACHE } from './memories.js';
import { cutWindows, encodeText, type TextWindow } from './windows.js';

const late: CompressionConfig = presetConfig('faithful', { hash: '', numLayers: 6 });

describe('a continuation behind a compressed prompt', () => {
  let runtime: Runtime;
  let windows: TextWindow[];
  const nativeBefore = liveNativeObjects();
  beforeAll(async () => {
    runtime = await loadTinyRuntime();
    const tokens = await encodeText(runtime.tokenizer, (await readGolden('full.json')).text);
    windows = cutWindows(tokens, { prefix: 400, continuation: 24, windows: 3 }, null);
  });
  afterAll(async () => {
    await runtime.release();
    expect(liveNativeObjects()).toBe(nativeBefore);
  });

  async function measured(configs: CompressionConfig[], generationEviction = false): Promise<WindowOutcome[][]> {
    const all: WindowOutcome[][] = [];
    for await (const outcomes of measureContinuation(runtime, configs, windows, { generationEviction })) {
      all.push(outcomes);
    }
    return all;
  }

  it('costs nothing where nothing is dropped', async () => {
    const outcomes = await measured([FULL_CACHE]);
    const found = summarizeContinuation(outcomes.flat(), windows[0], false);
    expect(found).toMatchObject({ windows: 3, prefixTokens: 400, continuationTokens: 24, top1Agreement: 1 });
    expect(found).toMatchObject({ deltaPpl: 0, deltaPplCi: [0, 0], keptFraction: 1, computeFraction: 1 });
    expect(found.meanKl).toBeLessThan(1e-9);
    expect(found.ppl).toBeGreaterThan(1);
    expect(found.kvBytes).toBe(2 * found.fullFp16Bytes);
    expect(found.prefillMs).toBeGreaterThan(0);
    expect(found.compactMs).toBeNull();
  });

  it('counts what is dropped, the same each time', async () => {
    const timeless = (found: ContinuationMeasurement) => ({ ...found, prefillMs: 0, fullPrefillMs: 0 });
    const [first, second] = [await measured([late]), await measured([late])].map((outcomes) =>
      timeless(summarizeContinuation(outcomes.flat(), windows[0], false, seededRandom(5))),
    );
    expect(second).toEqual(first);
    expect(first.meanKl).toBeGreaterThan(0);
    expect(first.keptFraction).toBeLessThan(1);
    expect(first.deltaPplCi[0]).toBeLessThanOrEqual(first.deltaPpl);
    expect(first.deltaPplCi[1]).toBeGreaterThanOrEqual(first.deltaPpl);
    expect(first.deltaPpl).toBeCloseTo(first.ppl / first.fullPpl - 1, 9);
  });

  it('finds the same for one compression beside others as alone, and with a reference read before', async () => {
    const beside = await measured([FULL_CACHE, late]);
    const memory = await runtime.createMemory(late);
    const full = await runtime.createMemory(FULL_CACHE);
    for (const [i, window] of windows.entries()) {
      const reference = await readReference(full, window);
      const { kl, loss, kv } = await compareWindow(memory, reference, { generationEviction: false });
      expect({ kl, loss, kv }).toEqual({ kl: beside[i][1].kl, loss: beside[i][1].loss, kv: beside[i][1].kv });
    }
    memory.release();
    full.release();
  });

  it('drops tokens of the continuation only where it is asked to', async () => {
    const pruning = parseCompressionConfig(
      {
        kvType: 'float32',
        policy: {
          name: 'pyramidInfer',
          schedule: { type: 'step', steps: [[4, 0]] },
          recentRatio: 0.2,
          distanceWeight: 1,
          sinkLength: 4,
          minContextLength: 0,
          layerInterval: 1,
          generation: { windowLength: 4, exceedLength: 4, compressRatio: 0.25, decayRatio: 1 },
        },
      },
      6,
    );
    const [[kept]] = await measured([pruning], false);
    const [[dropped]] = await measured([pruning], true);
    expect(dropped.finalKeptFraction).toBeLessThan(kept.finalKeptFraction);
    expect(dropped.kv.keptFraction).toBe(kept.kv.keptFraction);
  });

  it('stops with the reason, and can be run again', async () => {
    const stop = new AbortController();
    const options = { generationEviction: false, signal: stop.signal };
    const run = measureContinuation(runtime, [late], windows, options);
    await run.next();
    stop.abort(new Error('enough'));
    await expect(run.next()).rejects.toThrow('enough');
    expect(await measured([FULL_CACHE])).toHaveLength(3);
  });
});
