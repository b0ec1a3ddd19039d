import { describe, expect, it } from 'vitest';
import { kvOf } from '../fixtures/kv.js';
import { plannedRows } from '../memory/planned-rows.js';
import { reduceEngineStatus, reduceFrame } from './frames.js';
import { type AppState, emptyChat, initialState, READING_BEGINS } from './state.js';

describe('idle time', () => {
  const tidied = { state: 'done', freedBytes: 100, kv: kvOf(8) } as const;
  const idle = (): AppState => ({
    ...initialState('chat'),
    messages: { a: { id: 'a', role: 'assistant', text: '', hasHole: false, state: READING_BEGINS } },
    chats: { chat: { ...emptyChat('chat'), messageIds: ['a'] } },
    lastSeq: 0,
    kv: kvOf(16),
    kvChatId: 'chat',
  });

  it('is told until another text is read; what it left is the memory of the same chat', () => {
    const begun = reduceFrame(
      idle(),
      { seq: 1, type: 'tidying', tidying: { state: 'running', done: 1, total: 9, planned: [4] } },
      0,
    );
    expect(begun).toMatchObject({ tidying: { done: 1, planned: [4] }, kv: { tokensSeen: 16 } });
    expect(plannedRows(begun)).toEqual([4]);
    const further = { state: 'running', done: 2, total: 9, planned: [4] } as const;
    const same = reduceFrame(begun, { seq: 2, type: 'tidying', tidying: further }, 0);
    expect(same.tidying).toEqual(further);
    expect(plannedRows(same)).toBe(plannedRows(begun));
    const other = reduceFrame(begun, { seq: 2, type: 'tidying', tidying: { ...further, planned: [3] } }, 0);
    expect(plannedRows(other)).toEqual([3]);
    const done = reduceFrame(begun, { seq: 2, type: 'tidying', tidying: tidied }, 0);
    expect(plannedRows(done)).toBeUndefined();
    expect(done).toMatchObject({ tidying: tidied, kv: { tokensSeen: 8 }, kvChatId: 'chat' });
    const asked = { ...done, running: { answerId: 'a', chatId: 'chat' } };
    const reading = { type: 'prefill', requestId: 'a', processed: 0, total: 9, reused: 0, promptTokens: 9 } as const;
    expect(reduceFrame(asked, { seq: 3, ...reading }, 0).tidying).toBeNull();
  });

  it('ends with the process', () => {
    const begun = { ...idle(), tidying: { state: 'running', done: 1, total: 9, planned: [4] } as const };
    const crashed = reduceEngineStatus(begun, { state: 'restarting', exit: { code: 9, duringLoad: false } });
    expect(crashed.tidying).toBeNull();
  });
});
