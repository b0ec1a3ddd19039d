import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from './index.js';
import type { ChatMessage, Engine, EngineEvent, GenerateResult, PresetName } from './types.js';

const modelPath = path.resolve(import.meta.dirname, '../assets/models/SmolLM2-135M-Instruct.Q4_1.gguf');
const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });

const NOTES = Array.from(
  { length: 40 },
  (_, hour) => `At hour ${hour} the tide gauge read ${3 + ((hour * 7) % 11)} metres.`,
).join(' ');

async function answer(engine: Engine, messages: ChatMessage[], signal?: AbortSignal): Promise<GenerateResult> {
  let last: EngineEvent | undefined;
  for await (const event of engine.generate({ messages, sampling: { temperature: 0 }, maxTokens: 12 }, signal))
    last = event;
  if (last?.type !== 'done' && last?.type !== 'aborted') throw new Error(`ended with ${JSON.stringify(last)}`);
  return last.result;
}

const tokensOf = ({ kv }: GenerateResult) => kv.layers.map(({ tokens }) => tokens);

describe('a chat under a preset', () => {
  let cacheFolder: string;
  let faithful: Engine;
  // float32: what was read in one go or in two must come to the same tokens.
  const load = (preset: PresetName) =>
    createEngine({ modelPath, cacheFolder, precision: 'float32', threads: 2, compression: { preset } });

  beforeAll(async () => {
    cacheFolder = await mkdtemp(path.join(tmpdir(), 'pyramid-presets-'));
    faithful = await load('faithful');
  });
  afterAll(async () => {
    await faithful.dispose();
    await rm(cacheFolder, { recursive: true });
  });

  /** Tokens that layers hold of a prompt under the default model's `faithful`, as its profile has it. */
  function heldOf(promptTokens: number): number[] {
    const whole = [2, 7, 8, 14, 15, 17, 18, 20, 21, 23, 24];
    const nearlyWhole = [1, 16, 19, 22];
    const recent = Math.floor(0.2 * promptTokens);
    const deep = Math.min(recent + Math.floor(0.2 * (promptTokens - recent)), Math.floor(0.36 * promptTokens));
    return Array.from({ length: 30 }, (_, layer) => {
      if (layer > 24) return deep;
      if (whole.includes(layer)) return promptTokens;
      return Math.floor((nearlyWhole.includes(layer) ? 0.85 : 0.48) * promptTokens);
    });
  }

  it('faithful: each layer keeps its share, the deepest what came to them', async () => {
    const result = await answer(faithful, [user(NOTES)]);
    const { promptTokens, kv } = result;
    const written = kv.tokensSeen - promptTokens;
    expect(promptTokens).toBeGreaterThan(500);
    expect(tokensOf(result)).toEqual(heldOf(promptTokens).map((held) => held + written));
    const held = tokensOf(result).reduce((sum, tokens) => sum + tokens, 0);
    expect(kv.keptFraction).toBeCloseTo(held / (30 * kv.tokensSeen), 10);
  });

  it('in a later turn every layer is cut to its share of all tokens seen', async () => {
    const first = await answer(faithful, [user(NOTES)]);
    const messages = [user(NOTES), assistant(first.text), user('Which was the highest reading?')];
    const second = await answer(faithful, messages);
    expect(second.promptTokens - second.reusedTokens).toBeLessThan(40);
    const written = second.kv.tokensSeen - second.promptTokens;
    expect(written).toBeGreaterThan(0);
    // Nothing of the short question is kept from going deeper: it lies in the window of a fifth of the whole chat.
    expect(tokensOf(second)).toEqual(heldOf(second.promptTokens).map((held) => held + written));
    expect(tokensOf(second)[24]).toBe(second.kv.tokensSeen);
  });

  it('an edit within a thinned prompt is read again from that prompt on, as if the old text had never been', async () => {
    await answer(faithful, [user(`${NOTES} What is the highest reading?`)]);
    const messages = [user(`${NOTES} What is the lowest reading?`)];
    const edited = await answer(faithful, messages);
    expect(edited.reusedTokens).toBe(0);
    const fresh = await load('faithful');
    const anew = await answer(fresh, messages);
    expect(edited.text).toBe(anew.text);
    expect(tokensOf(edited)).toEqual(tokensOf(anew));
    await fresh.dispose();
  });

  it('the same prompt again is not read again', async () => {
    const messages = [user(`${NOTES} Sum it up.`)];
    const once = await answer(faithful, messages);
    const again = await answer(faithful, messages);
    expect(again.reusedTokens).toBe(again.promptTokens);
    expect(again.text).toBe(once.text);
    expect(tokensOf(again)).toEqual(tokensOf(once));
  });

  it('stopped while it reads, it forgets what only some layers hold, and the next message is right', async () => {
    const messages = [user(`${NOTES} ${NOTES}`)];
    const stop = new AbortController();
    const events: EngineEvent[] = [];
    for await (const event of faithful.generate({ messages }, stop.signal)) {
      events.push(event);
      if (event.type === 'prefill' && event.processed > 200) stop.abort();
    }
    expect(events.at(-1)?.type).toBe('aborted');
    const after = await answer(faithful, messages);
    const fresh = await load('faithful');
    expect(after.text).toBe((await answer(fresh, messages)).text);
    await fresh.dispose();
  });

  it('a short chat is kept whole', async () => {
    const result = await answer(faithful, [user('Name a colour of the sky.')]);
    expect(new Set(tokensOf(result))).toEqual(new Set([result.kv.tokensSeen]));
    expect(result.kv.keptFraction).toBe(1);
  });

  it('paper: from layer to layer fewer, never more', async () => {
    const paper = await load('paper');
    const tokens = tokensOf(await answer(paper, [user(NOTES)]));
    tokens.forEach((count, layer) => {
      if (layer > 0) expect(count).toBeLessThanOrEqual(tokens[layer - 1]);
    });
    expect(tokens[29]).toBeLessThan(0.6 * tokens[0]);
    await paper.dispose();
  });

  it('refuses a preset that does not exist', async () => {
    await expect(load('strong' as PresetName)).rejects.toMatchObject({ code: 'COMPRESSION_INVALID' });
  });
});
