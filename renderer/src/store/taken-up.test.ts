import { expect, it } from 'vitest';
import type { EngineFrame } from '../../../electron/ipc/frames.js';
import { kvOf } from '../fixtures/kv.js';
import { reduceFrame } from './frames.js';
import { initialState } from './state.js';

const takenUp: EngineFrame = { seq: 1, type: 'takenUp', chatId: 'other', kv: kvOf(8) };

it('the memory of a chat that is looked at is shown as that of the chat', () => {
  const state = reduceFrame({ ...initialState('other'), kvChatId: 'chat', lastSeq: 0 }, takenUp, 0);
  expect(state).toMatchObject({ kvChatId: 'other', kv: { tokensSeen: 8 }, textMemory: null });
});

it('it is not shown where an answer has begun meanwhile', () => {
  const running = { ...initialState('chat'), running: { answerId: 'a', chatId: 'chat' }, lastSeq: 0 };
  expect(reduceFrame(running, takenUp, 0)).toEqual({ ...running, lastSeq: 1 });
});
