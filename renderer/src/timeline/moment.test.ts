import { expect, test } from 'vitest';
import { startRecording } from '../../../engine/trace/record.js';
import { kvOf } from '../fixtures/kv.js';
import { READY } from '../fixtures/ready-model.js';
import { initialState } from '../store/state.js';
import { shownKv, shownKvHere, shownTrace } from './moment.js';

test('the memory of another chat is shown, but not as that of the chat at hand', () => {
  const state = { ...initialState('here'), kv: kvOf(8), kvChatId: 'there' };
  expect(shownKv(state)).toBe(state.kv);
  expect(shownKvHere(state)).toBeNull();
  expect(shownKvHere({ ...state, kvChatId: 'here' })).toBe(state.kv);
});

test('a memory that was taken up has no timeline; the one of the chat before comes back with it', () => {
  const recording = startRecording(
    READY.model,
    { number: 1, promptTokens: 8, reusedTokens: 0, date: new Date(), now: 0 },
    kvOf(8),
  );
  const state = { ...initialState('here'), recorder: { chatId: 'there', answerId: 'a', recording } };
  expect(shownTrace({ ...state, kvChatId: 'there' })).toBe(recording.trace);
  expect(shownTrace({ ...state, kvChatId: 'here' })).toBeNull();
  // The engine was restarted: what it was is still to be seen.
  expect(shownTrace({ ...state, kvChatId: null })).toBe(recording.trace);
});
