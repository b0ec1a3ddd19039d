import { expect, test } from 'vitest';
import { createEngine } from '../../index.js';
import { ARCHITECTURE_CASES } from '../../testing/architectures/expected.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import type { Engine, EngineEvent } from '../../types.js';

const [{ modelPath }] = ARCHITECTURE_CASES;
const words = (count: number) => ({ role: 'user' as const, content: 'one '.repeat(count).trim() });

async function load(free: () => number): Promise<Engine> {
  return createEngine({ modelPath, cacheFolder: await temporaryFolder(), freeBytes: free });
}

async function lastOf(engine: Engine, count: number): Promise<EngineEvent | undefined> {
  let last: EngineEvent | undefined;
  for await (const event of engine.generate({
    messages: [words(count)],
    maxTokens: 1,
    compression: { preset: 'off' },
  })) {
    last = event;
  }
  return last;
}

test('a prompt for which there is no room is refused before it is read, with what would fit; the chat before stays', async () => {
  let free = Number.POSITIVE_INFINITY;
  const engine = await load(() => free);
  try {
    expect(await lastOf(engine, 4)).toMatchObject({ type: 'done' });
    const held = engine.kvStats();
    free = 60_000;
    const refused = await lastOf(engine, 25);
    expect(refused).toMatchObject({
      type: 'error',
      error: {
        code: 'OUT_OF_MEMORY',
        message: expect.stringContaining('Close other programs'),
        details: { freeBytes: free },
      },
    });
    expect(engine.kvStats()).toEqual(held);
    const details = refused?.type === 'error' ? refused.error.details : undefined;
    expect(details?.neededBytes).toBeGreaterThan(free);
    expect(details?.fittingTokens).toBeGreaterThan(0);
    expect(details?.fittingTokens).toBeLessThan(117);
    free = Number(details?.neededBytes);
    expect(await lastOf(engine, 25)).toMatchObject({ type: 'done' });
  } finally {
    await engine.dispose();
  }
});

test('what is cached needs no room again', async () => {
  let free = Number.POSITIVE_INFINITY;
  const engine = await load(() => free);
  try {
    await lastOf(engine, 20);
    free = 40_000;
    expect(await lastOf(engine, 20)).toMatchObject({ type: 'done' });
  } finally {
    await engine.dispose();
  }
});

test('more threads than cores, or none, are refused', async () => {
  for (const threads of [0, 1.5, 4096]) {
    await expect(createEngine({ modelPath, cacheFolder: await temporaryFolder(), threads })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining('threads cannot be'),
    });
  }
});
