import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEngine } from './index.js';
import { liveNativeObjects } from './runtime/ort/ort-native.js';
import { temporaryFolder } from './testing/temporary-folder.js';
import { noDevice } from './testing/webgpu.js';
import type { Engine, EngineEvent, GenerateRequest } from './types.js';

const modelPath = path.join(import.meta.dirname, 'testing/architectures/llama/model.gguf');
const request: GenerateRequest = { messages: [{ role: 'user', content: 'hello' }], sampling: { temperature: 0 } };

async function load(): Promise<Engine> {
  const cacheFolder = path.join(await temporaryFolder(), 'cache');
  return createEngine({ modelPath, cacheFolder, threads: 2, device: 'webgpu' });
}

describe.skipIf(await noDevice())('an engine on a device', () => {
  it('answers, says what it runs on and how much its memory takes, and leaves nothing', async () => {
    const before = liveNativeObjects();
    const engine = await load();
    expect(engine.runtime).toMatchObject({ executionProvider: 'webgpu', reason: expect.stringContaining('WebGPU') });
    let end: EngineEvent | undefined;
    for await (const event of engine.generate({ ...request, maxTokens: 5 })) end = event;
    expect(end).toMatchObject({ type: 'done', result: { completionTokens: 5 } });
    expect(engine.kvStats().dtype).toBe(engine.runtime.deviceType);
    await engine.dispose();
    expect(liveNativeObjects()).toBe(before);
  }, 120_000);

  it.each([0, 1, 3])(
    'may be disposed of behind %i events of an answer, whether or not somebody reads on',
    async (seen) => {
      const before = liveNativeObjects();
      const engine = await load();
      const events = engine.generate({ ...request, maxTokens: 5 });
      for (let i = 0; i < seen; i++) await events.next();
      const step = events.next();
      await engine.dispose();
      expect(liveNativeObjects()).toBe(before);
      await step;
      let last: EngineEvent | undefined;
      for await (const event of events) last = event;
      if (last) expect(last.type).toBe('aborted');
      expect(liveNativeObjects()).toBe(before);
    },
    120_000,
  );
});
