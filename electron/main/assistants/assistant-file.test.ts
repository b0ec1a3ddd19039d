import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../engine/errors.js';
import { type SharedAssistant, sharedAssistant } from '../../ipc/assistant-contract.js';
import { assistantFileProblem, assistantFileWords } from '../../ipc/assistant-file-words.js';
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

const written = (change: object) => JSON.stringify({ ...fileOf(FULL), ...change });
const one = (fields: object) => JSON.stringify(fileOf({ name: 'x', ...fields }));

function wordsOf(error: EngineError, language: 'en' | 'de'): string {
  const problem = assistantFileProblem(error.toShape());
  return problem ? assistantFileWords(problem, language) : '';
}

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

  it.each<[string, string, string]>([
    [
      'no JSON',
      '{"format":',
      'The file is not whole, or not JSON: a part was cut off, or a sign is in the wrong place.',
    ],
    ['a list', '[]', 'The file holds something else than assistants of this app.'],
    ['nothing', 'null', 'The file holds something else than assistants of this app.'],
    [
      'another format',
      written({ format: 'pyramid-chat' }),
      'The file holds something else than assistants of this app.',
    ],
    ['a version that is none', written({ version: 0 }), 'The file holds something else than assistants of this app.'],
    [
      'a newer version',
      written({ version: 2 }),
      'A newer version of the app wrote the file (format 2; this one reads up to 1). Update the app, then import it.',
    ],
    ['none in it', JSON.stringify(fileOf()), 'The file has no assistant in it.'],
    [
      '201 of them',
      JSON.stringify(fileOf(...Array.from({ length: 201 }, () => ({ name: 'x' })))),
      'The file has 201 assistants; 200 are the most.',
    ],
    ['something else among them', JSON.stringify(fileOf(FULL, 5)), 'Assistant 2: What stands there is no assistant.'],
    ['no name', JSON.stringify(fileOf({ ...FULL, name: ' ' })), 'Assistant 1: “Name” is missing.'],
    ['a name that is none', JSON.stringify(fileOf({ name: 7 })), 'Assistant 1: “Name” must be text.'],
    [
      'a field that is not known',
      one({ tools: [] }),
      'Assistant 1, “x”: “tools” is not known to this version of the app.',
    ],
    [
      'a sampling that is not known',
      one({ sampling: { topQ: 1 } }),
      'Assistant 1, “x”: “topQ” is not known to this version of the app.',
    ],
    [
      'a temperature of 9',
      one({ sampling: { temperature: 9 } }),
      'Assistant 1, “x”: “Temperature” must be a number from 0 to 2.',
    ],
    [
      'half a token',
      one({ maxTokens: 0.5 }),
      'Assistant 1, “x”: “Most tokens of an answer” must be a whole number from 1 to 1,000,000.',
    ],
    [
      'too long a prompt',
      one({ systemPrompt: 'a'.repeat(MAX_SYSTEM_PROMPT + 1) }),
      'Assistant 1, “x”: “System prompt” is longer than 32,000 characters.',
    ],
    ['sampling that is none', one({ sampling: 1 }), 'Assistant 1, “x”: “Sampling” is not as this app writes it.'],
    [
      'a preset that is none',
      one({ compression: { preset: 'most' } }),
      'Assistant 1, “x”: “Compression” is not as this app writes it.',
    ],
    [
      'a model without a hash',
      one({ model: { file: 'a.gguf' } }),
      'Assistant 1, “x”: “Model” is not as this app writes it.',
    ],
  ])('says what is wrong, in plain words, and what to do: %s', (_, text, sentence) => {
    let thrown: unknown;
    try {
      parseAssistantFile(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(EngineError);
    expect(thrown).toMatchObject({
      code: 'ASSISTANT_FILE_INVALID',
      message: `${sentence} Nothing was imported. Have it exported again, or mend the file.`,
    });
    const words = wordsOf(thrown as EngineError, 'de');
    expect(words).toMatch(/Nichts wurde importiert\. /);
    expect(words).not.toMatch(/assistants|undefined|\{\{/);
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
          // No words of a programmer, whatever it is.
          expect((thrown as EngineError).message).toMatch(/^(The file|Assistant \d)/);
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
    await expect(readAssistantFile(path)).rejects.toThrow(/has 40 MB; .* 32 MB at most/);
    writeFileSync(path, assistantFileText([FULL]));
    expect(await readAssistantFile(path)).toEqual([FULL]);
  });
});
