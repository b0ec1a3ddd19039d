import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { modelPathOf } from '../engine/cli/places.js';
import { createEngine } from '../engine/index.js';
import type { ChatMessage, Engine, PresetName } from '../engine/types.js';
import { describeMachine, unquietWarning } from './machine.js';
import { createPromptMaker, follow } from './prompts.js';
import { machineMarkdown, table } from './report.js';

/** `npm run bench:parked`: how long a chat takes to go on that was left, and one that is read again. */
const { values } = parseArgs({ options: { tokens: { type: 'string', default: '8000' } } });
const TOKENS = Number(values.tokens);
const PRESETS: readonly PresetName[] = ['off', 'faithful', 'balanced', 'compact'];
/** Of what the next turn adds. */
const ADDED = 30;

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function ask(engine: Engine, chatId: string, messages: readonly ChatMessage[], preset: PresetName) {
  const start = performance.now();
  let [firstToken, reused] = [Number.NaN, 0];
  const request = { chatId, messages, compression: { preset }, maxTokens: 2, sampling: { temperature: 0 } };
  for await (const event of engine.generate(request)) {
    if (event.type === 'prefill') reused = event.reused;
    if (event.type === 'token' && event.tokens === 1) firstToken = performance.now() - start;
    if (event.type === 'error') throw new Error(event.error.message);
  }
  return { firstToken, reused };
}

async function measure(modelPath: string, cacheFolder: string): Promise<string> {
  const rows: string[][] = [];
  const prompts = await createPromptMaker(modelPath);
  const other = prompts(300, 9).messages;
  for (const [round, preset] of PRESETS.entries()) {
    process.stderr.write(`${preset} …\n`);
    const folder = join(cacheFolder, 'memories');
    const parking = { folder, mostBytes: 4e9 };
    const engine = await createEngine({ modelPath, cacheFolder, parking, contextLength: TOKENS + 200 });
    await ask(engine, 'other', other, preset);
    const long = prompts(TOKENS, round);
    const read = await ask(engine, 'long', long.messages, preset);
    const left = await timeOf(() => engine.parking.takeUp('nothing is kept of it'));
    // Behind what is being written.
    await engine.parking.forget([]);
    await engine.parking.takeUp('other');
    const taken = await timeOf(() => engine.parking.takeUp('long'));
    if (engine.parking.currentChat !== 'long') throw new Error('The chat was not kept.');
    const on = await ask(engine, 'long', follow(prompts, long, ADDED).messages, preset);
    await engine.dispose();
    const [model] = await readdir(folder);
    const { size } = await stat(join(folder, model, 'long.memory'));
    rows.push([
      preset,
      `${(read.firstToken / 1000).toFixed(1)} s`,
      `${taken.toFixed(0)} ms`,
      `${((100 * taken) / read.firstToken).toFixed(2)} %`,
      `${on.firstToken.toFixed(0)} ms, ${on.reused} reused`,
      `${left.toFixed(0)} ms`,
      `${(size / 1e6).toFixed(0)} MB`,
    ]);
    await rm(folder, { recursive: true });
  }
  const head = ['', 'read', 'taken up', 'of reading', 'then the first token of a turn', 'left', 'file'];
  return table(head, rows);
}

const machine = await describeMachine();
const warning = unquietWarning(machine);
if (warning) process.stderr.write(`Warning: ${warning}\n`);
const cacheFolder = await mkdtemp(join(tmpdir(), 'pyramid-bench-'));
try {
  const rows = await measure(modelPathOf(undefined), cacheFolder);
  process.stdout.write(`${machineMarkdown(machine, {})}\n\n${TOKENS} tokens:\n\n${rows}\n`);
} finally {
  await rm(cacheFolder, { recursive: true });
}
