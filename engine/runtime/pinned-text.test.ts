import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgetCompression, type Compression } from '../kv/compression.js';
import type { CompressionConfig } from '../kv/compression-config.js';
import { presetConfig } from '../kv/presets.js';
import type { TokenSpan } from '../kv/token-span.js';
import { heldPlaces } from '../testing/tiny-loaded.js';
import { loadTinyRuntime } from '../testing/tiny-runtime.js';
import { pinnedSpans } from '../text/pinned-spans.js';
import type { ChatMessage } from '../types.js';
import type { ChatMemory } from './chat-memory.js';
import type { Runtime } from './load-runtime.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await loadTinyRuntime();
});
afterAll(() => runtime.release());

const words = (count: number, seed: number) =>
  Array.from({ length: count }, (_, i) => ['tin', 'oak', 'sea', 'fog'][(i * seed + (i >> 2)) % 4]).join(' ');

/** Two long turns; a system message and a note in the first question are pinned. */
const conversation: ChatMessage[] = [
  { role: 'system', content: 'Answer in one word.' },
  { role: 'user', content: words(60, 3) },
  { role: 'assistant', content: 'fog' },
  { role: 'user', content: 'The code is 4711.', pinned: true },
  { role: 'assistant', content: words(40, 5) },
  { role: 'user', content: words(50, 7) },
];

function promptOf(messages: readonly ChatMessage[]): { prompt: number[]; pinned: TokenSpan[] } {
  const { addBos, ...text } = runtime.template.render(messages);
  const prompt = runtime.tokenizer.encode(text, { addBos });
  return { prompt, pinned: pinnedSpans(messages, prompt, runtime.template, runtime.tokenizer) };
}

async function read(memory: ChatMemory, messages: readonly ChatMessage[]): Promise<TokenSpan[]> {
  const { prompt, pinned } = promptOf(messages);
  const steps = memory.read(prompt, { pinned });
  for (;;) if ((await steps.next()).done) return pinned;
}

function expectHeld(memory: ChatMemory, spans: readonly TokenSpan[]): void {
  const pinned = spans.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
  expect(pinned.length).toBeGreaterThan(20);
  for (const places of heldPlaces(memory).flat()) {
    const held = new Set(places);
    expect(pinned.filter((place) => !held.has(place))).toEqual([]);
  }
}

describe('pinned text', () => {
  it('is found where it stands in the prompt', () => {
    const { prompt, pinned } = promptOf(conversation);
    const texts = pinned.map(({ from, to }) => runtime.tokenizer.decode(prompt.slice(from, to)));
    expect(texts.map((text) => text.trim())).toEqual(['system\nAnswer in one word.', 'user\nThe code is 4711.']);
  });

  it.each<[string, (layers: number) => CompressionConfig | Compression]>([
    ['compact', (numLayers) => presetConfig('compact', { hash: '', numLayers })],
    ['a small budget in bytes', smallBudget],
    [
      'sinks and a window alone',
      () => ({ kvType: 'int8', policy: { name: 'streamingLlm', share: 0.1, sinkLength: 0 } }),
    ],
  ])('stays in every layer under %s, in a second turn and while an answer is written', async (_, compression) => {
    const memory = await runtime.createMemory(compression(runtime.model.config.numLayers));
    await read(memory, conversation.slice(0, 2));
    const spans = await read(memory, conversation);
    expect(memory.stats().keptFraction).toBeLessThan(0.8);
    expectHeld(memory, spans);
    for (let i = 0; i < 150; i++) await memory.append(10 + (i % 80));
    expectHeld(memory, spans);
    memory.release();
  });
});

/** Room for 257 tokens a layer. */
function smallBudget(numLayers: number): Compression {
  const presets = (['faithful', 'compact'] as const).map((name) => presetConfig(name, { hash: '', numLayers }).policy);
  const bytes = { numLayers, contextLength: runtime.contextLength, bytesPerToken: 64, scaleBytes: 256 };
  return budgetCompression(numLayers * (257 * 64 + 256), presets, bytes);
}
