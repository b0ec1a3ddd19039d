import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CACHE_FOLDER, DEFAULT_TEXT, modelPathOf } from '../cli/places.js';
import { readTextFile } from '../cli/text-file.js';
import { presetConfig } from '../kv/presets.js';
import { loadRuntime, type Runtime } from '../runtime/load-runtime.js';
import { measureContinuation, summarizeContinuation, type WindowOutcome } from './continuation.js';
import { cutWindows, encodeText } from './windows.js';

describe('the default model under the preset faithful', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await loadRuntime({ modelPath: modelPathOf(undefined), cacheFolder: CACHE_FOLDER });
  });
  afterAll(() => runtime.release());

  it(`costs little on ${path.basename(DEFAULT_TEXT)}, but something`, async () => {
    const tokens = await encodeText(runtime.tokenizer, await readTextFile(DEFAULT_TEXT, 'REQUEST_INVALID'));
    // From the first article: single windows of others lose a hundred times as much as most, by one rare name.
    const windows = cutWindows(tokens.slice(0, 1000), { prefix: 256, continuation: 16, windows: 2 }, null);
    const { info, config } = runtime.model;
    const faithful = presetConfig('faithful', { hash: info.hash, numLayers: config.numLayers });
    const outcomes: WindowOutcome[] = [];
    for await (const found of measureContinuation(runtime, [faithful], windows, { generationEviction: false })) {
      outcomes.push(...found);
    }
    const measured = summarizeContinuation(outcomes, windows[0], false);
    expect(measured.meanKl).toBeGreaterThan(0);
    // With so short a prompt the window is of 51 tokens; longer ones lose less.
    expect(measured.meanKl).toBeLessThan(0.1);
    expect(measured.keptFraction).toBeLessThan(0.9);
    expect(measured.computeFraction).toBeLessThan(0.9);
    expect(measured.kvBytes).toBeLessThan(0.5 * measured.fullFp16Bytes);
    expect(measured.fullPpl).toBeGreaterThan(5);
    expect(measured.fullPpl).toBeLessThan(100);
  });
});
