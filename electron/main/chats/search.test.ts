import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../../engine/testing/temporary-folder.js';
import type { KeptMessage } from '../../ipc/chat-shapes.js';
import { ChatStorage } from './chat-storage.js';
import { answer, changesOf, question } from './fixtures/samples.js';
import { matchOf, stretches } from './search.js';

let storage: ChatStorage;
beforeEach(async () => {
  storage = new ChatStorage(await temporaryFolder());
  storage.keep(
    changesOf({
      tides: [question('q1', null, 'Which gauge drifted?'), answer('a1', 'q1', 'The pressure gauge drifted most.')],
      bread: [{ ...question('q2', null, 'Sum this up'), pasted: ['Flour, water, Größe 3'] } as KeptMessage],
      'pressure cooker': [question('q3', null, 'Hello')],
    }),
  );
  return () => storage.close();
});

const found = (query: string) => storage.search(query).map(({ chatId }) => chatId);

it('finds words that are being typed, in any message, pasted text and titles', () => {
  expect(found('press')).toEqual(['pressure cooker', 'tides']);
  expect(found('drifted gau')).toEqual(['tides']);
  expect(found('flour')).toEqual(['bread']);
  expect(found('grosse')).toEqual([]);
  expect(found('große')).toEqual(['bread']);
  expect(found('GRÖSSE 3')).toEqual([]);
  expect(found('p')).toEqual(['pressure cooker', 'tides']);
  expect(found('flour gauge')).toEqual([]);
});

it('shows where it found them', () => {
  expect(storage.search('drift')[0]).toEqual({
    chatId: 'tides',
    messageId: 'a1',
    snippet: [
      { text: 'The pressure gauge ', isHit: false },
      { text: 'drifted', isHit: true },
      { text: ' most.', isHit: false },
    ],
  });
  expect(storage.search('cook')[0]).toMatchObject({
    messageId: null,
    snippet: [{}, { text: 'cook', isHit: true }, {}],
  });
});

it('takes any query, and marks no more than was found', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (query) => {
      for (const { snippet } of storage.search(query)) expect(snippet.length).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
  expect(storage.search('"; DROP TABLE chats; --')).toEqual([]);
  expect(found('100%')).toEqual([]);
  expect(matchOf(' .,;')).toBeNull();
});

it('takes marked text apart', () => {
  expect(stretches('a\n \uE000b\uE001\uE000c\uE001')).toEqual([
    { text: 'a ', isHit: false },
    { text: 'b', isHit: true },
    { text: 'c', isHit: true },
  ]);
});
