import { expect, test } from 'vitest';
import { sharedAssistant } from '../../ipc/assistant-contract.js';
import { BUILT_IN } from './built-in.js';

test('each has a name, words about it and an id of its own', () => {
  expect(BUILT_IN.length).toBeGreaterThan(3);
  expect(new Set(BUILT_IN.map(({ id }) => id)).size).toBe(BUILT_IN.length);
  expect(new Set(BUILT_IN.map(({ name }) => name)).size).toBe(BUILT_IN.length);
  for (const { description } of BUILT_IN) expect(description).toMatch(/\w/);
});

test('each could be exported, and is short enough for a small model', () => {
  for (const { id: _id, ...shared } of BUILT_IN) {
    expect(sharedAssistant.parse(shared)).toEqual(shared);
    expect(shared.systemPrompt?.length ?? 0).toBeLessThan(400);
  }
});

test('the first one changes nothing', () => {
  expect(BUILT_IN[0]).toMatchObject({ id: 'plain', name: 'Plain' });
  expect(BUILT_IN[0].systemPrompt ?? BUILT_IN[0].sampling).toBeUndefined();
});
