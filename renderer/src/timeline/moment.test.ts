import { expect, test } from 'vitest';
import { kvOf } from '../fixtures/kv.js';
import { initialState } from '../store/state.js';
import { shownKv, shownKvHere } from './moment.js';

test('the memory of another chat is shown, but not as that of the chat at hand', () => {
  const state = { ...initialState('here'), kv: kvOf(8), kvChatId: 'there' };
  expect(shownKv(state)).toBe(state.kv);
  expect(shownKvHere(state)).toBeNull();
  expect(shownKvHere({ ...state, kvChatId: 'here' })).toBe(state.kv);
});
