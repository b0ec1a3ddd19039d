import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { calibrate as calibrateModel } from '../evaluate/calibrate.js';
import type { CalibrationSettings } from '../evaluate/calibration-material.js';
import { describeMachine } from '../evaluate/describe-machine.js';
import type { Runtime } from '../runtime/load-runtime.js';
import { checkContext } from './evaluate.js';
import { CALIBRATION_FOLDER, DEFAULT_TEXT, PROFILES_FOLDER } from './places.js';
import { StoppedError } from './stopped-error.js';
import { readTextFile } from './text-file.js';
import { countOption, parseOptions, UsageError } from './usage-error.js';
import { MODEL_OPTIONS, modelChoice, progress, withRuntime } from './with-runtime.js';

const OPTIONS = {
  ...MODEL_OPTIONS,
  text: { type: 'string' },
  prefix: { type: 'string' },
  continuation: { type: 'string' },
  windows: { type: 'string' },
  configurations: { type: 'string' },
  cases: { type: 'string' },
  'case-tokens': { type: 'string' },
  'report-prefix': { type: 'string' },
  'report-windows': { type: 'string' },
  'report-cases': { type: 'string' },
  seed: { type: 'string' },
  out: { type: 'string' },
} as const;

/** Searches the presets of a model and writes what was found, and what it costs, as a profile. */
export async function calibrate(args: string[]): Promise<void> {
  const values = parseOptions(args, OPTIONS);
  const settings = settingsOf(values);
  const text = await readTextFile(values.text ?? DEFAULT_TEXT, 'REQUEST_INVALID');
  const command = ['npm run cli -- calibrate', ...args].join(' ');
  // In the default precision any change at all, be it the rounding of K/V, makes the int8 products round otherwise: a KL
  // about as large as the goals allow, which would hide what they are about.
  await withRuntime(modelChoice(values, 'float32'), async (runtime, signal) => {
    checkContexts(runtime, settings);
    const provenance = { date: new Date().toISOString().slice(0, 10), command, machine: describeMachine() };
    const options = { text, settings, stateFolder: CALIBRATION_FOLDER, provenance, onProgress: progress, signal };
    const profile = await calibrateModel(runtime, options).catch((thrown) => {
      if (!signal.aborted) throw thrown;
      throw new StoppedError('Stopped. The same command goes on from here.');
    });
    const file = values.out ?? path.join(PROFILES_FOLDER, `${slug(path.parse(runtime.model.info.path).name)}.json`);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify(profile, null, 2)}\n`);
    process.stdout.write(`${file}\n`);
  });
}

function settingsOf(values: Partial<Record<keyof typeof OPTIONS, string>>): CalibrationSettings {
  const continuation = countOption('continuation', values.continuation) ?? 128;
  return {
    configurations: countOption('configurations', values.configurations) ?? 40,
    prefix: countOption('prefix', values.prefix, 2) ?? 2048,
    continuation,
    windows: countOption('windows', values.windows) ?? 6,
    cases: countOption('cases', values.cases, 0) ?? 6,
    caseTokens: countOption('case-tokens', values['case-tokens']) ?? 2000,
    reportPrefixes: countList('report-prefix', values['report-prefix']) ?? [512, 2048],
    reportContinuation: 2 * continuation,
    reportWindows: countOption('report-windows', values['report-windows']) ?? 24,
    reportCases: countOption('report-cases', values['report-cases'], 0) ?? 26,
    seed: countOption('seed', values.seed, 0) ?? 1,
  };
}

/** @throws UsageError */
function countList(name: string, text: string | undefined): number[] | undefined {
  return text?.split(',').map((part) => {
    const value = countOption(name, part, 2);
    if (value === undefined) throw new UsageError(`--${name} is a list of numbers.`);
    return value;
  });
}

function checkContexts(runtime: Runtime, settings: CalibrationSettings): void {
  for (const prefix of settings.reportPrefixes) {
    checkContext(runtime, { prefix, continuation: settings.reportContinuation });
  }
  checkContext(runtime, settings);
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
