// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DrivenStore, settled } from '../fixtures/driven-store.js';
import { READY } from '../fixtures/ready-model.js';

let driven: DrivenStore;
const state = () => driven.store.getState();
const leaves = () => driven.calls.filter(([name]) => name === 'leaveQuick').map(([, to]) => to);

/** In the chat at hand; it is not answered yet. */
async function ask(text: string): Promise<string> {
  driven.write(text);
  driven.actions.send();
  await settled();
  return state().currentChatId;
}

beforeEach(() => {
  driven = new DrivenStore();
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('it comes with a chat of its own, and the whole window with the one it had', async () => {
  const { actions } = driven;
  await ask('whole');
  actions.setWindowMode('quick');
  const quick = await ask('quick');
  expect(quick).not.toBe('c');
  expect(state().chats[quick].title).toBe('quick');
  actions.setWindowMode('away');
  await settled();
  expect(state()).toMatchObject({ isQuick: false, currentChatId: 'c' });
  // What the whole window is is no news.
  actions.setWindowMode('away');
  actions.setWindowMode('whole');
  expect(state().currentChatId).toBe('c');
});

test('a message that is being changed in the whole window still is, with what was written', async () => {
  const { actions } = driven;
  await ask('whole');
  const [asked] = state().chats.c.messageIds;
  actions.beginEdit(asked);
  actions.changeEdit('wholly');
  actions.setWindowMode('quick');
  expect(state().editingId).toBeNull();
  const quick = await ask('quick');
  actions.beginEdit(state().chats[quick].messageIds[0]);
  actions.changeEdit('quickly');
  actions.setWindowMode('away');
  await settled();
  expect(state()).toMatchObject({ currentChatId: 'c', editingId: asked, editedText: 'wholly' });
});

test('soon again it has the same chat, later an empty one', async () => {
  const { actions } = driven;
  await ask('whole');
  actions.setWindowMode('quick');
  const quick = await ask('quick');
  actions.setWindowMode('away');
  vi.setSystemTime(Date.now() + 9 * 60_000);
  actions.setWindowMode('quick');
  await settled();
  expect(state().currentChatId).toBe(quick);
  actions.setWindowMode('away');
  vi.setSystemTime(Date.now() + 11 * 60_000);
  actions.setWindowMode('quick');
  await settled();
  expect(state().chats[state().currentChatId].leafId).toBeNull();
});

test('a chat that was deleted meanwhile does not come back', async () => {
  const { actions } = driven;
  await ask('whole');
  actions.setWindowMode('quick');
  const quick = await ask('quick');
  actions.setWindowMode('away');
  await settled();
  actions.deleteChats([quick]);
  actions.setWindowMode('quick');
  await settled();
  expect(state().chats[state().currentChatId].title).toBe('');
});

test('an empty chat is used; one with a draft is left to the whole window', async () => {
  const { actions } = driven;
  actions.setWindowMode('quick');
  expect(state().currentChatId).toBe('c');
  await ask('quick');
  actions.setWindowMode('away');
  await settled();
  expect(state().currentChatId).not.toBe('c');

  driven.write('half a message');
  const whole = state().currentChatId;
  vi.setSystemTime(Date.now() + 11 * 60_000);
  actions.setWindowMode('quick');
  expect(state().currentChatId).not.toBe(whole);
  actions.setWindowMode('away');
  await settled();
  expect(state().currentChatId).toBe(whole);
});

test('a chat that was given a system prompt is left to the whole window, too', async () => {
  const { actions } = driven;
  actions.setSystemPrompt('Answer as the keeper of a lighthouse.');
  actions.setWindowMode('quick');
  const quick = await ask('quick');
  expect(quick).not.toBe('c');
  expect(state().chats[quick].settings).toEqual({});
  actions.setWindowMode('away');
  await settled();
  expect(state().currentChatId).toBe('c');
});

test('what the model holds of its chat was looked at in the whole window: the first Esc puts it away', async () => {
  const { actions, store } = driven;
  actions.setWindowMode('quick');
  const quick = await ask('quick');
  actions.leaveQuick('whole');
  actions.setWindowMode('whole');
  store.setState({ kvChatId: quick, survival: { layer: null } });
  actions.setWindowMode('quick');
  await settled();
  expect(state()).toMatchObject({ currentChatId: quick, survival: null });
});

test('opened in the whole window, its chat stays in sight', async () => {
  const { actions } = driven;
  await ask('whole');
  actions.leaveQuick('whole');
  expect(leaves()).toEqual([]);
  actions.setWindowMode('quick');
  const quick = await ask('quick');
  actions.leaveQuick('whole');
  expect(state().isQuick).toBe(false);
  actions.setWindowMode('whole');
  await settled();
  expect(leaves()).toEqual(['whole']);
  expect(state().currentChatId).toBe(quick);
});

test('what is asked for with the whole window comes where that has it, beside the chat or over it', () => {
  const { actions } = driven;
  actions.show('panel');
  for (const isNarrow of [false, true]) {
    actions.setNarrow(isNarrow);
    actions.setWindowMode('quick');
    actions.setNarrow(true);
    actions.leaveQuick('whole');
    actions.show('sidebar');
    expect(state()).toMatchObject({ isNarrow, overlay: isNarrow ? 'sidebar' : null, sidebarOpen: true });
  }
});

test('with the focus gone it goes, unless something is being answered or waits in it', async () => {
  const { actions, store } = driven;
  store.setState({ model: READY });
  await ask('whole');
  actions.leaveQuickIfIdle();
  actions.setWindowMode('quick');
  await ask('quick');
  expect(state().queued).toHaveLength(1);
  actions.leaveQuickIfIdle();
  expect(leaves()).toEqual([]);
  store.setState(({ queued: [next] }) => ({ queued: [], running: next }));
  actions.leaveQuickIfIdle();
  expect(leaves()).toEqual([]);
  // In another chat.
  actions.newChat();
  actions.leaveQuickIfIdle();
  expect(leaves()).toEqual(['away']);
  expect(state().isQuick).toBe(true);
});

test('what has no room in it makes it the whole window', () => {
  const { actions, store } = driven;
  actions.followNeeds();
  store.setState({ dialog: 'keys' });
  actions.setWindowMode('quick');
  expect(state()).toMatchObject({ isQuick: true, dialog: null });
  actions.showPanelTab('settings');
  actions.toggleDialog('palette');
  expect(leaves()).toEqual(['whole']);
});
