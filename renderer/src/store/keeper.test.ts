// @vitest-environment jsdom
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../bridge.js';
import { DrivenStore } from '../fixtures/driven-store.js';
import { FakeDisk } from '../fixtures/fake-disk.js';
import { READY } from '../fixtures/ready-model.js';
import { changeAnswer } from './frames.js';
import type { AppState } from './state.js';

beforeEach(() => localStorage.clear());
afterEach(() => vi.useRealTimers());

/** What of the state would be there again after a new start. */
function keptOf({ chats, messages, pins, trees }: AppState, chatId: string) {
  const { messageIds, title, isPinned, isArchived, settings, model } = chats[chatId];
  const ids = Object.keys(trees[chatId]);
  return {
    messageIds,
    title,
    isPinned,
    isArchived,
    settings,
    model,
    tree: trees[chatId],
    messages: ids.map((id) => [id, messages[id].text, pins[id]]),
  };
}

type Step = (driven: DrivenStore, n: number) => void;

const current = ({ store }: DrivenStore) => {
  const state = store.getState();
  return state.chats[state.currentChatId];
};
const messageAt = (driven: DrivenStore, n: number) => {
  const { messageIds } = current(driven);
  return messageIds[n % Math.max(1, messageIds.length)] ?? '';
};
const answersAll = ({ store }: DrivenStore, text: string) =>
  store.setState((state) => {
    const { running } = state;
    return running
      ? { ...changeAnswer(state, running.answerId, (answer) => ({ ...answer, text })), running: null }
      : state;
  }, true);

const STEPS: Readonly<Record<string, Step>> = {
  send: (driven, n) => {
    driven.write(`message ${n}`);
    driven.actions.send();
    answersAll(driven, `answer ${n}`);
  },
  draft: (driven, n) => driven.write(`draft ${n}`),
  newChat: ({ actions }) => actions.newChat(),
  again: (driven, n) => {
    driven.actions.answerAgainTo(messageAt(driven, n));
    answersAll(driven, `again ${n}`);
  },
  edit: (driven, n) => {
    const id = messageAt(driven, n);
    if (driven.store.getState().messages[id]?.role !== 'user') return;
    driven.actions.sendEdit(id, { text: `other words ${n}`, pasted: [] });
    answersAll(driven, `other answer ${n}`);
  },
  version: (driven, n) => driven.actions.stepVersion(messageAt(driven, n), n % 2 ? 1 : -1),
  remove: (driven, n) => driven.actions.deleteMessage(messageAt(driven, n)),
  undo: ({ actions }) => actions.undoDelete(),
  pin: (driven, n) => {
    const id = messageAt(driven, n);
    if (driven.store.getState().messages[id]) driven.actions.pin(id);
  },
  fork: (driven, n) => driven.actions.forkChat(messageAt(driven, n)),
  rename: (driven, n) => driven.actions.renameChat(current(driven).id, `title ${n}`),
  pinChat: (driven, n) => driven.actions.pinChats([current(driven).id], n % 2 === 0),
  setUp: (driven, n) => {
    driven.actions.setSystemPrompt(n % 3 ? `prompt ${n}` : '');
    driven.actions.setChatSampling('topP', n % 2 ? n / 40 : undefined);
    driven.actions.setMaxTokens(n || undefined);
  },
  deleteChat: (driven) => driven.actions.deleteChats([current(driven).id]),
};

describe('whatever is done with chats', () => {
  it('is there again after a new start', async () => {
    const step = fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.nat(20), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const driven = new DrivenStore();
        driven.store.setState({ model: READY });
        for (const [name, n, flushes] of steps) {
          STEPS[name](driven, n);
          if (flushes) await driven.actions.keeper.flush();
        }
        await driven.actions.keeper.flush();
        const before = driven.store.getState();
        const later = new DrivenStore(driven.disk, 'later');
        await later.actions.loadChats();
        const ids = Object.values(before.chats).filter(({ leafId }) => leafId !== null);
        for (const { id } of ids) {
          await later.actions.openChat(id);
          const opened = later.store.getState();
          if (!before.trees[id]) continue;
          expect(keptOf(opened, id)).toEqual(keptOf(before, id));
          expect(opened.drafts[id]?.text ?? '').toBe(before.drafts[id]?.text ?? '');
        }
        const shown = Object.values(later.store.getState().chats).filter(({ leafId }) => leafId !== null);
        expect(shown.map(({ id }) => id).sort()).toEqual(ids.map(({ id }) => id).sort());
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('is written once, and nothing of a chat that was only looked at', async () => {
    const disk = new FakeDisk();
    const first = new DrivenStore(disk);
    STEPS.send(first, 1);
    await first.actions.keeper.flush();
    STEPS.newChat(first, 0);
    STEPS.send(first, 2);
    await first.actions.keeper.flush();
    await first.actions.keeper.flush();
    const writes = disk.writes.length;
    const later = new DrivenStore(disk, 'later');
    await later.actions.loadChats();
    for (const { id } of disk.list().chats) await later.actions.openChat(id);
    await later.actions.openChat('c');
    await later.actions.keeper.flush();
    expect(disk.writes).toHaveLength(writes);
  });
});

describe('what changes while something else is read or written', () => {
  /** Another chat is opened; `meanwhile` happens after what is to be written of `c` was taken. */
  async function leaving(meanwhile: (driven: DrivenStore) => void): Promise<DrivenStore> {
    const driven = new DrivenStore();
    driven.store.setState({ model: READY });
    STEPS.send(driven, 1);
    STEPS.newChat(driven, 0);
    STEPS.send(driven, 2);
    const other = current(driven).id;
    await driven.actions.openChat('c');
    driven.write('half a');
    const { disk } = driven;
    const keep = disk.keep.bind(disk);
    disk.keep = (changes) => {
      disk.keep = keep;
      keep(changes);
      meanwhile(driven);
    };
    await driven.actions.openChat(other);
    await driven.actions.keeper.flush();
    return driven;
  }

  it('is kept, too, where a chat is let go of', async () => {
    const { disk, store } = await leaving((driven) => {
      driven.actions.renameChat('c', 'another title');
      driven.store.setState((state) => ({ drafts: { ...state.drafts, c: { text: 'half a word', pasted: [] } } }));
    });
    expect(disk.chats.get('c')?.title).toBe('another title');
    expect(disk.read('c').draft.text).toBe('half a word');
    expect(store.getState().trees.c).toBeUndefined();
  });

  it('keeps its chat in memory, where it goes on', async () => {
    let count = 0;
    const driven = await leaving(({ disk, actions }) => {
      const keep = disk.keep.bind(disk);
      disk.keep = (changes) => {
        keep(changes);
        actions.renameChat('c', `title ${++count}`);
      };
      actions.renameChat('c', 'title 0');
    });
    expect(count).toBeGreaterThan(1);
    expect(driven.store.getState().trees.c).toBeDefined();
  });

  it('is kept of a chat that is read from the disk just then', async () => {
    const first = new DrivenStore();
    first.store.setState({ model: READY });
    STEPS.send(first, 1);
    await first.actions.keeper.flush();
    const later = new DrivenStore(first.disk, 'later');
    await later.actions.loadChats();
    later.actions.pinChats(['c'], true);
    await later.actions.openChat('c');
    await later.actions.keeper.flush();
    expect(first.disk.chats.get('c')?.isPinned).toBe(true);
  });
});

describe('an answer that is being written', () => {
  it('is kept at least twice a second', async () => {
    vi.useFakeTimers();
    const driven = new DrivenStore();
    driven.actions.keeper.start();
    driven.store.setState({ model: READY });
    driven.write('Tell me.');
    driven.actions.send();
    await vi.advanceTimersByTimeAsync(1000);
    const { id } = driven.lastAnswer();
    for (let tick = 1; tick <= 100; tick++) {
      driven.store.setState((state) => changeAnswer(state, id, (answer) => ({ ...answer, text: `${tick}` })), true);
      await vi.advanceTimersByTimeAsync(33);
      const kept = Number(driven.disk.messages.get(id)?.message.text);
      if (tick > 15) expect(tick - kept).toBeLessThanOrEqual(15);
    }
  });
});

describe('what cannot be kept', () => {
  const full = new CallError({ code: 'CHATS_DISK_FULL', message: 'Full.' });

  it('stays in memory, is told, and is kept as soon as it can be', async () => {
    vi.useFakeTimers();
    const driven = new DrivenStore();
    driven.actions.keeper.start();
    driven.failing = { keepChats: full };
    driven.write('Hello');
    await vi.advanceTimersByTimeAsync(1000);
    expect(driven.store.getState().keepError).toMatchObject({ code: 'CHATS_DISK_FULL' });
    expect(driven.disk.writes).toEqual([]);
    driven.failing = {};
    await vi.advanceTimersByTimeAsync(6000);
    expect(driven.store.getState().keepError).toBeNull();
    expect(driven.disk.read('c').draft.text).toBe('Hello');
  });

  it('is told no longer once there is nothing to be kept', async () => {
    const driven = new DrivenStore();
    driven.failing = { keepChats: full };
    STEPS.send(driven, 1);
    await driven.actions.keeper.flush();
    expect(driven.store.getState().keepError).toMatchObject({ code: 'CHATS_DISK_FULL' });
    STEPS.deleteChat(driven, 0);
    driven.actions.retryKeeping();
    await driven.actions.keeper.flush();
    expect(driven.store.getState().keepError).toBeNull();
  });

  it('is another thing than what cannot be read, which can be closed', async () => {
    const driven = new DrivenStore();
    STEPS.send(driven, 1);
    await driven.actions.keeper.flush();
    const later = new DrivenStore(driven.disk, 'later');
    await later.actions.loadChats();
    later.failing = { readChat: new CallError({ code: 'CHATS_UNAVAILABLE', message: 'Away.' }) };
    await later.actions.openChat('c');
    expect(later.store.getState()).toMatchObject({ keepError: null, fileError: { code: 'CHATS_UNAVAILABLE' } });
    later.actions.closeFileError();
    expect(later.store.getState().fileError).toBeNull();
  });

  it('is kept whole after a rescue that may have lost some of it', async () => {
    const driven = new DrivenStore();
    STEPS.send(driven, 1);
    await driven.actions.keeper.flush();
    driven.disk.messages.clear();
    driven.failing = { keepChats: new CallError({ code: 'CHATS_DAMAGED', message: 'Rescued.' }) };
    driven.write('next');
    await driven.actions.keeper.flush();
    driven.failing = {};
    await driven.actions.keeper.flush();
    expect(driven.disk.read('c').messages.map(({ text }) => text)).toContain('message 1');
  });
});
