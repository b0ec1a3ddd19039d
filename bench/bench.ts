import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelPathOf } from '../engine/cli/places.js';
import { measureCompression } from './compression.js';
import { type CompressionRun, compressionMarkdown, readRuns } from './compression-report.js';
import { engineKl } from './engine-kl.js';
import { describeMachine, type Machine, unquietWarning } from './machine.js';
import { type Options, readOptions, USAGE, UsageError } from './options.js';
import { measurePrefill, PREFILL_PROMPTS, type PrefillRow, QUICK_PROMPTS } from './prefill.js';
import { measureQuality } from './quality.js';
import {
  machineMarkdown,
  prefillMarkdown,
  qualityMarkdown,
  replaceSection,
  speedMarkdown,
  streamingMarkdown,
} from './report.js';
import { requantize } from './requantize.js';
import { measureSpeed } from './speed.js';
import { measureStreaming } from './streaming.js';
import { measureThroughput } from './throughput.js';
import { throughputMarkdown } from './throughput-report.js';
import { measureWindow } from './window.js';
import { windowMarkdown } from './window-report.js';

const MEASUREMENTS = fileURLToPath(new URL('../docs/measurements.md', import.meta.url));

const NO_ROWS = { versions: {}, continuation: [], retrieval: [] };

const progress = (text: string) => process.stderr.write(`${text} …\n`);

/** What a run found, in the forms in which it can be asked for. */
interface Findings {
  section:
    | 'speed'
    | 'speed-webgpu'
    | 'speed-Q4_0'
    | 'speed-Q8_0'
    | 'quality'
    | 'compression'
    | 'prefill'
    | 'throughput'
    | 'window'
    | 'streaming';
  markdown: string;
  json: object;
}

type SpeedOptions = Pick<Options, 'threads' | 'quick' | 'device' | 'format'>;

async function speed(machine: Machine, modelPath: string, options: SpeedOptions): Promise<Findings> {
  const { threads, quick, device, format } = options;
  installPeer();
  const result = await measureSpeed(modelPath, { threads, quick, device, inFormat: format !== undefined }, progress);
  const { rows, peakBytes, wordWork, versions } = result;
  // The reference is compared with on the processor only.
  const isDefault = modelPath === modelPathOf(undefined) && device === 'cpu';
  if (isDefault) progress('Nearness to float32');
  const kl = isDefault ? await engineKl(modelPath, threads) : null;
  const json = {
    machine: { ...machine, threads, device, versions },
    model: path.basename(modelPath),
    rows: rows.map(({ what, tokens, preset, ours, llama, ratio }) => ({
      what,
      tokens,
      preset,
      oursMs: ours.median,
      llamaMs: llama?.median ?? null,
      ratio,
      kl: kl?.[preset] ?? null,
      ours,
      llama,
    })),
    peakBytes,
    wordWork,
  };
  const title = `${path.basename(modelPath)}, ${device === 'cpu' ? `${threads} threads each` : 'both on the graphics processor'}:`;
  return {
    section: device === 'cpu' ? 'speed' : 'speed-webgpu',
    markdown: [machineMarkdown(machine, versions), title, speedMarkdown(result, kl)].join('\n\n'),
    json,
  };
}

async function quality(machine: Machine, modelPath: string): Promise<Findings> {
  const { rows, versions } = await measureQuality(modelPath, progress);
  return {
    section: 'quality',
    markdown: [machineMarkdown(machine, versions), qualityMarkdown(rows)].join('\n\n'),
    json: { machine: { ...machine, versions }, model: path.basename(modelPath), rows },
  };
}

async function prefill(machine: Machine, modelPath: string, threads: number, quick: boolean): Promise<Findings> {
  const rows: PrefillRow[] = [];
  let versions: Record<string, string> = {};
  const prompts = quick ? QUICK_PROMPTS : PREFILL_PROMPTS;
  for await (const measured of measurePrefill(modelPath, { threads, prompts }, progress)) {
    rows.push(...measured.rows);
    versions = measured.versions;
  }
  const title = `${path.basename(modelPath)}, ${threads} threads:`;
  return {
    section: 'prefill',
    markdown: [machineMarkdown(machine, versions), title, prefillMarkdown(rows)].join('\n\n'),
    json: { machine: { ...machine, threads, versions }, model: path.basename(modelPath), rows },
  };
}

async function throughput(machine: Machine, modelPath: string, options: Options): Promise<Findings> {
  const { versions, ...result } = await measureThroughput(modelPath, options, progress);
  const title = `${path.basename(modelPath)}, ${options.threads} threads:`;
  return {
    section: 'throughput',
    markdown: [machineMarkdown(machine, versions), title, throughputMarkdown(result)].join('\n\n'),
    json: { machine: { ...machine, threads: options.threads, versions }, model: path.basename(modelPath), ...result },
  };
}

async function window(machine: Machine, quick: boolean): Promise<Findings> {
  const { rows, versions } = await measureWindow(quick, progress);
  return {
    section: 'window',
    markdown: [machineMarkdown(machine, versions), windowMarkdown(rows)].join('\n\n'),
    json: { machine: { ...machine, versions }, rows },
  };
}

async function streaming(machine: Machine, quick: boolean): Promise<Findings> {
  const { versions, ...result } = await measureStreaming({ quick }, progress);
  return {
    section: 'streaming',
    markdown: [machineMarkdown(machine, versions), streamingMarkdown(result)].join('\n\n'),
    json: { machine: { ...machine, versions }, ...result },
  };
}

async function compression(machine: Machine, modelPath: string, options: Options): Promise<Findings> {
  const run = options.merge ? await readRuns(options.merge) : await runCompression(machine, modelPath, options);
  const title = `${run.model}, precision ${run.precision}, ${run.machine.threads} threads:`;
  return {
    section: 'compression',
    markdown: [machineMarkdown(run.machine, run.versions, run.date), title, compressionMarkdown(run)].join('\n\n'),
    json: run,
  };
}

async function runCompression(machine: Machine, modelPath: string, options: Options): Promise<CompressionRun> {
  const { threads, save } = options;
  const { precision } = options.plan;
  const about = { date: new Date().toISOString().slice(0, 10), model: path.basename(modelPath), precision };
  let run: CompressionRun = { machine: { ...machine, threads }, ...about, ...NO_ROWS };
  for await (const rows of measureCompression(modelPath, options.plan, progress)) {
    run = { ...run, ...rows };
    if (save !== undefined) await writeFile(save, JSON.stringify(run));
  }
  return run;
}

/** Own program, because it is JavaScript that the set-up shares. It says itself what went wrong. */
function installPeer(): void {
  const script = fileURLToPath(new URL('./install.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error('node-llama-cpp, the other side of the comparison, could not be installed.');
}

async function measure(machine: Machine, modelPath: string, options: Options): Promise<Findings> {
  if (options.compression) return compression(machine, modelPath, options);
  if (options.streaming) return streaming(machine, options.quick);
  if (options.prefill) return prefill(machine, modelPath, options.threads, options.quick);
  if (options.throughput) return throughput(machine, modelPath, options);
  if (options.window) return window(machine, options.quick);
  if (options.quality) return quality(machine, modelPath);
  if (!options.format) return speed(machine, modelPath, options);
  const folder = await mkdtemp(path.join(tmpdir(), 'pyramid-format-'));
  try {
    const rounded = await requantize(modelPath, options.format, folder);
    const findings = await speed(machine, rounded, options);
    return options.device === 'cpu' ? { ...findings, section: `speed-${options.format}` } : findings;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  const modelPath = modelPathOf(options.model);
  const machine = await describeMachine();
  const warning = unquietWarning(machine);
  if (warning) process.stderr.write(`Warning: ${warning}\n`);
  const { section, markdown, json } = await measure(machine, modelPath, options);
  process.stdout.write(options.json ? `${JSON.stringify(json)}\n` : `${markdown}\n`);
  if (options.write) {
    await writeFile(MEASUREMENTS, replaceSection(await readFile(MEASUREMENTS, 'utf8'), section, markdown));
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${isUsage ? `\n${USAGE}` : ''}`);
  process.exitCode = isUsage ? 2 : 1;
}
