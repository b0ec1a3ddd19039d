import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../../sampling/random.js';
import { randomTokens } from '../../testing/follow-oracle.js';
import { loadTinyRuntime } from '../../testing/tiny-runtime.js';
import type { ChatMemory } from '../chat-memory.js';
import type { Runtime } from '../load-runtime.js';
import { ChatMemories } from '../parking/chat-memories.js';
import { IdleTime } from './idle-time.js';
import { IdleTidying } from './tidying.js';

const REQUESTS = 25;
/** About so much of the text below in 8 bits. */
const HALF = { budgetBytes: 220_000 };

let runtime: Runtime;
beforeAll(async () => {
  runtime = await loadTinyRuntime();
});
afterAll(() => runtime.release());

/** A pass on this memory counts its slices. */
function countSlices(memory: ChatMemory): { begun: number; done: number } {
  const count = { begun: 0, done: 0 };
  const compact = memory.compact.bind(memory);
  memory.compact = async function* (...asked) {
    const slices = compact(...asked);
    try {
      for (;;) {
        count.begun++;
        const { value, done } = await slices.next();
        count.done++;
        if (done) return;
        yield value;
      }
    } finally {
      await slices.return();
    }
  };
  return count;
}

it('a request waits for the slice that runs, and no other is begun before it has ended', {
  timeout: 60_000,
}, async () => {
  const memories = new ChatMemories(runtime, HALF);
  const memory = await memories.under(HALF);
  const steps = memory.read(randomTokens(950, 1), { tidies: true });
  while (!(await steps.next()).done);
  const slices = countSlices(memory);
  const idle = new IdleTime(0);
  const tidying = new IdleTidying({ memories, idle, prompt: { start: [5, 6], goOn: [7, 8] }, freeBytes: () => 1e12 });
  const stop = new AbortController();
  const running = tidying.run(() => undefined, { underLoad: true, signal: stop.signal });
  const random = seededRandom(2);
  let waitedFor = 0;
  for (let request = 0; request < REQUESTS; request++) {
    await pause(20 * random());
    const { begun, done } = slices;
    await idle.begin();
    expect(slices.begun).toBe(begun);
    expect(slices.done).toBe(begun);
    waitedFor += begun - done;
    await pause(5);
    expect(slices.begun).toBe(begun);
    idle.end();
  }
  expect(waitedFor).toBeGreaterThan(0);
  expect(slices.done).toBeGreaterThan(REQUESTS / 2);
  stop.abort();
  await running;
  await memories.release();
});
