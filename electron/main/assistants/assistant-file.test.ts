import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../engine/errors.js';
import { type SharedAssistant, sharedAssistant } from '../../ipc/assistant-contract.js';
import { MAX_SYSTEM_PROMPT, SAMPLING_LIMITS } from '../../ipc/chat-limits.js';
import { assistantFileText, parseAssistantFile, readAssistantFile } from './assistant-file.js';

const FULL: SharedAssistant = {
  name: 'Lighthouse keeper',
  description: 'Knows the sea',
  systemPrompt: 'You keep a lighthouse.\n\nSpeak of „Größe“ and 漢字.',
  sampling: {
    ...{ temperature: 0.7, topP: 0.9, topK: 20, minP: 0.1, repetitionPenalty: 1.1 },
    ...{ frequencyPenalty: 0.5, presencePenalty: -0.5, seed: 7 },
  },
  maxTokens: 200,
  compression: { preset: 'compact' },
  model: { file: 'a.gguf', hash: 'abc' },
};
const parse = (content: unknown) => parseAssistantFile(JSON.stringify(content));
const fileOf = (...assistants: unknown[]) => ({ format: 'pyramid-assistants', version: 1, assistants });

describe('a file of assistants', () => {
  it('comes back exactly, and again the same', () => {
    const text = assistantFileText([FULL, { name: 'Plain' }]);
    expect(parseAssistantFile(text)).toEqual([FULL, { name: 'Plain' }]);
    expect(assistantFileText(parseAssistantFile(text))).toBe(text);
  });

  it('is what its documentation shows', () => {
    const written = readFileSync(join(import.meta.dirname, '../../../docs/assistants.md'), 'utf8');
    const [example] = parseAssistantFile(/```json\n([\s\S]*?)```/.exec(written)?.[1] ?? '');
    expect(example).toMatchObject({ name: 'Translator', model: { file: expect.any(String) } });
    for (const field of Object.keys(sharedAssistant.shape))
      expect([field, example]).toEqual([field, expect.objectContaining({ [field]: expect.anything() })]);
    for (const name of Object.keys(SAMPLING_LIMITS)) expect(written).toContain(`\`${name}\``);
  });

  it('comes back whatever is in it', () => {
    const number = ({ min, max, isWhole }: { min: number; max: number; isWhole: boolean }) =>
      isWhole ? fc.integer({ min, max: Math.min(max, 2 ** 31 - 1) }) : fc.double({ min, max, noNaN: true });
    const sampling = fc.record(
      Object.fromEntries(Object.entries(SAMPLING_LIMITS).map(([name, limits]) => [name, number(limits)])),
      { requiredKeys: [] },
    );
    const some = fc.record(
      {
        name: fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' }).filter((name) => {
          return name.trim() === name && name.length > 0 && name.length <= 100;
        }),
        description: fc.string({ maxLength: 100 }),
        systemPrompt: fc.string({ maxLength: 300, unit: 'binary' }),
        sampling,
        maxTokens: fc.integer({ min: 1, max: 1000 }),
        compression: fc.constantFrom({ preset: 'off' as const }, { budgetBytes: 2_000_000 }),
      },
      { requiredKeys: ['name'] },
    );
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 3 }), (assistants) => {
        const kept = assistants as SharedAssistant[];
        // -0 is written as 0.
        expect(parseAssistantFile(assistantFileText(kept))).toEqual(JSON.parse(JSON.stringify(kept)));
      }),
    );
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '{"format":', /no JSON/],
    ['something else', '[]', /The file/],
    ['nothing', 'null', /The file/],
    ['another format', JSON.stringify({ ...fileOf(FULL), format: 'pyramid-chat' }), /^format: /],
    ['a newer version', JSON.stringify({ ...fileOf(FULL), version: 2 }), /version 2, and this app reads up to 1/],
    ['none in it', JSON.stringify(fileOf()), /^assistants: /],
    ['a field that is not known', JSON.stringify(fileOf({ ...FULL, tools: [] })), /assistants\.0: .*tools/],
    ['no name', JSON.stringify(fileOf({ ...FULL, name: ' ' })), /assistants\.0\.name/],
    [
      'a temperature of 9',
      JSON.stringify(fileOf({ name: 'x', sampling: { temperature: 9 } })),
      /sampling\.temperature/,
    ],
    ['half a token', JSON.stringify(fileOf({ name: 'x', maxTokens: 0.5 })), /maxTokens/],
    [
      'too long a prompt',
      JSON.stringify(fileOf({ name: 'x', systemPrompt: 'a'.repeat(MAX_SYSTEM_PROMPT + 1) })),
      /systemPrompt/,
    ],
    ['201 of them', JSON.stringify(fileOf(...Array.from({ length: 201 }, () => ({ name: 'x' })))), /assistants: /],
  ])('says what is wrong, and what to do: %s', (_, text, reason) => {
    let thrown: unknown;
    try {
      parseAssistantFile(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(EngineError);
    expect(thrown).toMatchObject({
      code: 'ASSISTANT_FILE_INVALID',
      details: { reason: expect.stringMatching(reason) },
    });
    expect((thrown as EngineError).message).toMatch(/Nothing was imported\. Have it exported again/);
  });

  it('is refused by its code or fits the schema, whatever is written in it', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(FULL as unknown, 'x', 1, null, { temperature: 1 }, { preset: 'off' }, '__proto__'),
    );
    const keys = [...Object.keys(sharedAssistant.shape), '__proto__', 'id', 'other'];
    const nearly = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 6 });
    const content = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.oneof(nearly, fc.constant(FULL)), { maxLength: 3 }).map((assistants) => fileOf(...assistants)),
    );
    fc.assert(
      fc.property(content, (made) => {
        try {
          for (const one of parse(made)) expect(sharedAssistant.parse(one)).toEqual(one);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'ASSISTANT_FILE_INVALID' });
        }
        expect(Object.prototype).not.toHaveProperty('name');
      }),
      { numRuns: 500 },
    );
  });

  it('that is not there, is no text or too large is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assistants-'));
    const path = join(folder, 'a.json');
    const refused = { code: 'ASSISTANT_FILE_INVALID' };
    await expect(readAssistantFile(path)).rejects.toMatchObject(refused);
    writeFileSync(path, Buffer.from([0xff, 0xfe, 0xff]));
    await expect(readAssistantFile(path)).rejects.toMatchObject(refused);
    truncateSync(path, 40_000_000);
    await expect(readAssistantFile(path)).rejects.toThrow(/40000000 bytes are more/);
    writeFileSync(path, assistantFileText([FULL]));
    expect(await readAssistantFile(path)).toEqual([FULL]);
  });
});
