import { expect, test } from 'vitest';
import { LANGUAGES } from '../../../locales/languages.js';
import { sharedAssistant } from '../../ipc/assistant-contract.js';
import { builtInAssistants } from './built-in.js';

test.each(LANGUAGES)('each has a name, words about it and an id of its own, in %s', (language) => {
  const all = builtInAssistants(language);
  expect(all.length).toBeGreaterThan(3);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { description } of all) expect(description).toMatch(/\w/);
});

test('each could be exported, and is short enough for a small model', () => {
  for (const { id: _id, ...shared } of builtInAssistants('en')) {
    expect(sharedAssistant.parse(shared)).toEqual(shared);
    expect(shared.systemPrompt?.length ?? 0).toBeLessThan(400);
  }
});

test('the first one changes nothing, and is called so in both languages', () => {
  const [plain] = builtInAssistants('en');
  expect(plain).toMatchObject({ id: 'plain', name: 'Plain' });
  expect(plain.systemPrompt ?? plain.sampling).toBeUndefined();
  expect(builtInAssistants('de')[0]).toMatchObject({ id: 'plain', name: 'Ohne' });
});
