import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { modelPathOf } from '../engine/cli/places.js';
import { createEngine } from '../engine/index.js';
import type { Engine, TidyingEvent } from '../engine/types.js';
import { describeMachine, unquietWarning } from './machine.js';
import { createPromptMaker } from './prompts.js';
import { machineMarkdown, table } from './report.js';
import { quantile } from './statistics.js';

/** `npm run bench:idle`: how long a request waits for idle time to let go, alone and beside other work. */
const { values } = parseArgs({ options: { requests: { type: 'string', default: '20' } } });
const REQUESTS = Number(values.requests);
const TOKENS = 2000;
/** Of what the chat takes in 8 bits, about a third. */
const BUDGET_BYTES = 8e6;
/** About as long as a few slices: requests come at any place in one. */
const LATEST_MS = 150;

/** Until it is refused: it has to wait for what runs, and asks for nothing that would change the text. */
async function refused(engine: Engine): Promise<number> {
  const start = performance.now();
  for await (const _ of engine.generate({ messages: [], compression: { budgetBytes: BUDGET_BYTES } }));
  return performance.now() - start;
}

/** Waits of requests that come in mid-pass. */
async function waits(engine: Engine, told: readonly TidyingEvent[]): Promise<number[]> {
  const found: number[] = [];
  while (found.length < REQUESTS) {
    const before = told.length;
    while (told.length === before) await pause(5);
    if (told.at(-1)?.type !== 'tidying') throw new Error('The pass ended before all requests came: ask for fewer.');
    await pause(LATEST_MS * Math.random());
    found.push(await refused(engine));
  }
  return found;
}

async function measure(engine: Engine, modelPath: string): Promise<string> {
  const prompts = await createPromptMaker(modelPath);
  const stop = new AbortController();
  const told: TidyingEvent[] = [];
  const tidying = engine.tidy((event) => told.push(event), { underLoad: true, signal: stop.signal });
  const rows: string[][] = [];
  const busy: Worker[] = [];
  try {
    for (const [round, others] of [0, availableParallelism()].entries()) {
      while (busy.length < others) busy.push(new Worker('for (;;);', { eval: true }));
      const { messages } = prompts(TOKENS, round);
      for await (const _ of engine.generate({ messages, maxTokens: 2, compression: { budgetBytes: BUDGET_BYTES } }));
      const sorted = (await waits(engine, told)).toSorted((a, b) => a - b);
      const ms = (share: number) => `${quantile(sorted, share).toFixed(0)} ms`;
      rows.push([others === 0 ? 'alone' : `beside ${others} busy threads`, ms(0.5), ms(0.9), ms(1)]);
    }
  } finally {
    stop.abort();
    await tidying;
    await Promise.all(busy.map((one) => one.terminate()));
  }
  return table(['', 'median', '9 of 10', 'longest'], rows);
}

const machine = await describeMachine();
const warning = unquietWarning(machine);
if (warning) process.stderr.write(`Warning: ${warning}\n`);
const cacheFolder = await mkdtemp(join(tmpdir(), 'pyramid-bench-'));
try {
  const modelPath = modelPathOf(undefined);
  const engine = await createEngine({ modelPath, cacheFolder, contextLength: 2 * TOKENS });
  const rows = await measure(engine, modelPath).finally(() => engine.dispose());
  process.stdout.write(`${machineMarkdown(machine, {})}\n\n${TOKENS} tokens, ${REQUESTS} requests each:\n\n${rows}\n`);
} finally {
  await rm(cacheFolder, { recursive: true });
}
