import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { modelPathOf } from '../engine/cli/places.js';
import type { Precision } from '../engine/types.js';
import { type CompressionPlan, measureCompression } from './compression.js';
import { type CompressionRun, compressionMarkdown, readRuns } from './compression-report.js';
import { engineKl } from './engine-kl.js';
import { describeMachine, type Machine, unquietWarning } from './machine.js';
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
import { FORMATS, requantize } from './requantize.js';
import { measureSpeed } from './speed.js';
import { measureStreaming } from './streaming.js';
import { measureThroughput } from './throughput.js';
import { throughputMarkdown } from './throughput-report.js';
import { measureWindow } from './window.js';
import { windowMarkdown } from './window-report.js';

const USAGE = `Usage: npm run bench [-- OPTIONS]

Load time, time to first token, decode speed and memory, side by side with node-llama-cpp on the same file.

  --quality     instead: how near the logits are to the float32 reference
  --compression instead: what every preset costs, and the policies of others at equal tokens, beside the full cache
  --prefill     instead: time to first token and peak memory under every preset, beside the full cache
  --window      instead: how quick the app's own window is: bars, the survival view, typing
  --throughput  instead: how many sequences fit a KV budget under some presets, and the tokens a second of all together
  --streaming   instead: frames a second of the window while an answer is written into a long chat
  --quick       fewer rounds and lengths: to see that it works, not for figures
  --model PATH  another GGUF file (speed, --prefill and --throughput only)
  --format F    the model's layers rounded to Q4_0 or Q8_0, which llama.cpp is quickest at (speed only)
  --threads N   default: as many as there are cores
  --device D    cpu (default), or webgpu: both on the graphics processor, the other by Vulkan (speed only)
  --budget MB   of --throughput (default: what 8 whole sequences take in fp16)
  --json        print one object
  --write       put the tables into docs/measurements.md

Of --compression, which takes hours whole and may be split:
  --prefix P,…  tokens of the compressed prompts (default 512,2048,4096)
  --windows N   of each length (default 24; 0: none); 256 tokens follow each prompt
  --cases N     texts that are asked about (default 26; 0: none), --case-tokens N of about so many tokens (default 2000)
  --precision P float32 (default) or default, in which rounding alone makes a difference of its own
  --only A,…    these rows alone
  --save FILE   the results so far, after each length and mode
  --merge A,…   measure nothing: the tables of saved results, later files in place of earlier ones
`;
const MEASUREMENTS = fileURLToPath(new URL('../docs/measurements.md', import.meta.url));

/** The command line cannot be followed: exit code 2. */
class UsageError extends Error {}

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

function readOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quality: { type: 'boolean', default: false },
        compression: { type: 'boolean', default: false },
        prefill: { type: 'boolean', default: false },
        throughput: { type: 'boolean', default: false },
        budget: { type: 'string' },
        window: { type: 'boolean', default: false },
        streaming: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        model: { type: 'string' },
        format: { type: 'string' },
        threads: { type: 'string', default: String(availableParallelism()) },
        device: { type: 'string', default: 'cpu' },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        prefix: { type: 'string' },
        windows: { type: 'string' },
        cases: { type: 'string' },
        'case-tokens': { type: 'string' },
        only: { type: 'string' },
        save: { type: 'string' },
        merge: { type: 'string' },
        precision: { type: 'string', default: 'float32' },
      },
    });
    const threads = count('threads', values.threads);
    if (values.quality && values.model !== undefined) {
      throw new UsageError('--quality is about the default model: only of that one are there reference results.');
    }
    if ((values.window || values.streaming) && values.model !== undefined) {
      throw new UsageError('--window and --streaming are about the window: they take no model.');
    }
    const format = FORMATS.find((one) => one === values.format);
    if (values.format !== undefined && !format) throw new UsageError(`--format is ${FORMATS.join(' or ')}.`);
    const quick = values.quick;
    const plan: CompressionPlan = {
      prefixes: (values.prefix ?? (quick ? '512' : '512,2048,4096')).split(',').map((part) => count('prefix', part)),
      continuation: quick ? 16 : 256,
      windows: count('windows', values.windows ?? (quick ? '2' : '24'), 0),
      cases: count('cases', values.cases ?? (quick ? '1' : '26'), 0),
      caseTokens: count('case-tokens', values['case-tokens'] ?? (quick ? '500' : '2000')),
      only: values.only?.split(',') ?? null,
      threads,
      precision: precisionOf(values.precision),
    };
    return {
      ...values,
      budgetBytes: budgetOf(values.budget),
      format,
      threads,
      device: deviceOf(values.device),
      plan,
      merge: values.merge?.split(','),
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

type Options = ReturnType<typeof readOptions>;

function budgetOf(megabytes?: string): number | null {
  return megabytes === undefined ? null : 1e6 * count('budget', megabytes);
}

function deviceOf(text: string): 'cpu' | 'webgpu' {
  if (text === 'cpu' || text === 'webgpu') return text;
  throw new UsageError('--device is cpu or webgpu.');
}

function precisionOf(text: string): Precision {
  if (text === 'default' || text === 'float32') return text;
  throw new UsageError('--precision is float32 or default.');
}

function count(name: string, text: string, least = 1): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
  throw new UsageError(`--${name} is a number from ${least} on.`);
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
