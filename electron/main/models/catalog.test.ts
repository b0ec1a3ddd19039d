import { expect, test } from 'vitest';
import words from '../../../locales/en/models.json' with { type: 'json' };
import { catalogFile, catalogModels, catalogOutlines } from './catalog.js';

const models = catalogModels({});
const files = models.flatMap((model) => model.files);

test('every file has an id and an address of its own', () => {
  expect(new Set(files.map(({ id }) => id)).size).toBe(files.length);
  expect(new Set(files.map(({ repository, file }) => `${repository}/${file}`)).size).toBe(files.length);
  for (const { id, file } of files) expect(catalogFile(id)).toMatchObject({ id, file });
  expect(catalogOutlines.map(({ id }) => id)).toEqual(files.map(({ id }) => id));
});

test('what each model is for is said, and of no other', () => {
  expect(models.map(({ id }) => id)).toEqual(Object.keys(words.about));
});

test('a file that is not in it is refused', () => {
  expect(() => catalogFile('nothing')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test('what each takes is told beside it, and not where nobody said', () => {
  const need = { weightsBytes: 1, kvBytes: 2, contextTokens: 3, fit: 'fits' as const };
  const [first, second] = catalogModels({ [files[0].id]: need }).flatMap((model) => model.files);
  expect([first.need, second.need]).toEqual([need, null]);
});

test('the bundled model’s length and hash are known, and the hub is asked for that version of it', () => {
  const { id, bytes, hasHash } = files[0];
  expect([bytes, hasHash]).toEqual([98_362_432, true]);
  expect(catalogFile(id).revision).toMatch(/^[0-9a-f]{40}$/);
});
