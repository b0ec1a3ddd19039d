import { expect, test } from 'vitest';
import { summariesOf } from './rows.js';

const ROW = {
  ...{ id: 'c', title: 'Bread', updated_at: 5, is_pinned: 1, is_archived: 0, leaf_id: 'm' },
  ...{ compression: null, settings: null, model: null },
};
const SHOWN = { id: 'c', title: 'Bread', updatedAt: 5, isPinned: true, isArchived: false, leafId: 'm' };

test.each([
  ['settings', '{"topP":'],
  ['settings', '{"ofANewerVersion":1}'],
  ['model', '{}'],
  ['compression', '"none"'],
])('a chat whose %s are %s is still where it was, with its branch', (column, json) => {
  expect(summariesOf([{ ...ROW, [column]: json }])).toEqual([
    { ...SHOWN, compression: null, settings: {}, model: null },
  ]);
});

test('one with nothing right but its name is there', () => {
  const expected = { ...SHOWN, isPinned: false, leafId: null, compression: null, settings: {}, model: null };
  expect(summariesOf([{ ...ROW, is_pinned: 0, leaf_id: 7 }])).toEqual([expected]);
});
