import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Profile, parseProfile } from '../kv/profile.js';
import type { Runtime } from '../runtime/load-runtime.js';
import { readGolden } from '../testing/golden.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { loadTinyRuntime } from '../testing/tiny-runtime.js';
import { type CalibrationOptions, calibrate } from './calibrate.js';

const settings: CalibrationOptions['settings'] = {
  configurations: 4,
  prefix: 300,
  continuation: 4,
  windows: 3,
  cases: 1,
  caseTokens: 300,
  reportPrefixes: [280],
  reportContinuation: 4,
  reportWindows: 2,
  reportCases: 1,
  seed: 1,
};
const provenance = { date: '2026-11-25', command: 'a test', machine: 'any' };

/** Without what is measured in time, which no two runs have in common. */
function timeless(profile: Profile): Profile {
  const copy = structuredClone(profile);
  for (const { measured } of Object.values(copy.presets)) {
    for (const found of measured?.continuation ?? []) found.prefillRatio = 0;
  }
  return copy;
}

describe('a calibration', { timeout: 120_000 }, () => {
  let runtime: Runtime;
  let text: string;
  let whole: Profile;
  beforeAll(async () => {
    runtime = await loadTinyRuntime();
    ({ text } = await readGolden('full.json'));
    const stateFolder = await mkdtemp(path.join(tmpdir(), 'pyramid-calibration-'));
    whole = await calibrate(runtime, { text, settings, provenance, stateFolder, onProgress: () => {} });
    await rm(stateFolder, { recursive: true });
  }, 120_000);
  afterAll(() => runtime.release());

  const options = async (more: Partial<CalibrationOptions> = {}): Promise<CalibrationOptions> => ({
    text,
    settings,
    provenance,
    stateFolder: await temporaryFolder(),
    onProgress: () => {},
    ...more,
  });

  it('stopped on the way and run again writes the profile of a run that was not', async () => {
    const stateFolder = await temporaryFolder();
    const lines: string[] = [];
    for (let stops = 0; stops < 3; stops++) {
      const stop = new AbortController();
      let seen = 0;
      const onProgress = (line: string) => {
        lines.push(line);
        // A little further each time: what is remembered is told again.
        if (++seen === 4 + 6 * stops) stop.abort(new Error('not now'));
      };
      const run = calibrate(runtime, await options({ stateFolder, onProgress, signal: stop.signal }));
      await expect(run).rejects.toThrow('not now');
    }
    const resumed = await calibrate(runtime, await options({ stateFolder }));
    expect(timeless(resumed)).toEqual(timeless(whole));
    expect(lines.some((line) => line.includes('kept'))).toBe(true);
    expect(await readdir(stateFolder)).toHaveLength(1);
  });

  it('writes a profile that its model can use, with what each preset was measured to cost', async () => {
    const { info, config } = runtime.model;
    const model = { hash: info.hash, numLayers: config.numLayers };
    expect(parseProfile(JSON.parse(JSON.stringify(whole)), model)).toEqual(whole);
    expect(Object.keys(whole.presets)).toEqual(['faithful', 'balanced', 'compact', 'paper']);
    for (const preset of Object.values(whole.presets)) {
      expect(preset.measured?.continuation).toMatchObject([{ prefixTokens: 280, windows: 2 }]);
      expect(preset.measured?.retrieval.map(({ mode }) => mode)).toEqual(['ask', 'later']);
    }
    expect(whole.presets.compact?.measured?.continuation[0].keptFraction).toBeLessThan(0.465);
    expect(() => parseProfile(whole, { ...model, hash: '0'.repeat(64) })).toThrow(
      expect.objectContaining({ code: 'PROFILE_INVALID' }),
    );
  });

  it('refuses a text shorter than a window', async () => {
    const short = options({ text: text.slice(0, 400) });
    await expect(short.then((given) => calibrate(runtime, given))).rejects.toMatchObject({ code: 'TEXT_TOO_SHORT' });
  });
});
