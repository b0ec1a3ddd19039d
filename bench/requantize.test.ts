import path from 'node:path';
import { expect, test } from 'vitest';
import { createEngine } from '../engine/index.js';
import { readGguf } from '../engine/model/gguf.js';
import { temporaryFolder } from '../engine/testing/temporary-folder.js';
import { writeTinyGguf } from '../engine/testing/tiny-model.js';
import type { Engine } from '../engine/types.js';
import { FORMATS, requantize } from './requantize.js';

async function answer(engine: Engine): Promise<string> {
  const messages = [{ role: 'user' as const, content: 'one two three' }];
  for await (const event of engine.generate({ messages, maxTokens: 6, sampling: { temperature: 0 } })) {
    if (event.type === 'done') return `${event.result.promptTokens}: ${event.result.text}`;
  }
  throw new Error('no answer');
}

async function said(modelPath: string, folder: string): Promise<{ answer: string; quantization: string }> {
  const engine = await createEngine({ modelPath, cacheFolder: path.join(folder, 'cache') });
  try {
    return { answer: await answer(engine), quantization: engine.model.quantization };
  } finally {
    await engine.dispose();
  }
}

test.each(FORMATS)('a file in %s is turned into the same bytes of it, and says the same', async (format) => {
  const folder = await temporaryFolder();
  const original = await writeTinyGguf(folder, { type: format });
  const again = await requantize(original, format, folder);
  expect(await said(again, folder)).toEqual(await said(original, folder));
});

test.each(FORMATS)('layers of floats are turned into %s, and nothing else', async (format) => {
  const folder = await temporaryFolder();
  const { tensors } = await readGguf(await requantize(await writeTinyGguf(folder), format, folder));
  const typeOf = (name: string) => tensors.get(name)?.type;
  expect(typeOf('blk.1.ffn_down.weight')).toBe(format);
  expect([typeOf('token_embd.weight'), typeOf('blk.1.attn_norm.weight')]).toEqual(['F32', 'F32']);
});
