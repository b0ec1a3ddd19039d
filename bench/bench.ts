import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { modelPathOf } from '../engine/cli/places.js';
import { describeMachine, type Machine, unquietWarning } from './machine.js';
import { measureQuality } from './quality.js';
import { machineMarkdown, qualityMarkdown, replaceSection, speedMarkdown } from './report.js';
import { measureSpeed } from './speed.js';

const USAGE = `Usage: npm run bench [-- OPTIONS]

Load time, time to first token, decode speed and memory, side by side with node-llama-cpp on the same file.

  --quality     instead: how near the logits are to the float32 reference
  --quick       fewer rounds and lengths: to see that it works, not for figures
  --model PATH  another GGUF file (speed only)
  --threads N   default: as many as there are cores
  --json        print one object
  --write       put the tables into docs/measurements.md
`;
const MEASUREMENTS = fileURLToPath(new URL('../docs/measurements.md', import.meta.url));

/** The command line cannot be followed: exit code 2. */
class UsageError extends Error {}

const progress = (text: string) => process.stderr.write(`${text} …\n`);

/** What a run found, in the forms in which it can be asked for. */
interface Findings {
  section: 'speed' | 'quality';
  markdown: string;
  json: object;
}

async function speed(machine: Machine, modelPath: string, threads: number, quick: boolean): Promise<Findings> {
  installPeer();
  const result = await measureSpeed(modelPath, { threads, quick }, progress);
  const { rows, peakBytes, versions } = result;
  const json = {
    machine: { ...machine, threads, versions },
    model: path.basename(modelPath),
    rows: rows.map(({ what, tokens, ours, llama, ratio }) => ({
      what,
      tokens,
      oursMs: ours.median,
      llamaMs: llama?.median ?? null,
      ratio,
      ours,
      llama,
    })),
    peakBytes,
  };
  const title = `${path.basename(modelPath)}, ${threads} threads each:`;
  return {
    section: 'speed',
    markdown: [machineMarkdown(machine, versions), title, speedMarkdown(result)].join('\n\n'),
    json,
  };
}

async function quality(machine: Machine, modelPath: string, quick: boolean): Promise<Findings> {
  const { rows, versions } = await measureQuality(modelPath, quick, progress);
  return {
    section: 'quality',
    markdown: [machineMarkdown(machine, versions), qualityMarkdown(rows)].join('\n\n'),
    json: { machine: { ...machine, versions }, model: path.basename(modelPath), rows },
  };
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
        quick: { type: 'boolean', default: false },
        model: { type: 'string' },
        threads: { type: 'string', default: String(availableParallelism()) },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
      },
    });
    const threads = Number(values.threads);
    if (!Number.isInteger(threads) || threads < 1) throw new UsageError('--threads is a number from 1 on.');
    if (values.quality && values.model !== undefined) {
      throw new UsageError('--quality is about the default model: only of that one are there reference results.');
    }
    return { ...values, threads };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  const modelPath = modelPathOf(options.model);
  const machine = await describeMachine();
  const warning = unquietWarning(machine);
  if (warning) process.stderr.write(`Warning: ${warning}\n`);
  const { section, markdown, json } = options.quality
    ? await quality(machine, modelPath, options.quick)
    : await speed(machine, modelPath, options.threads, options.quick);
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
