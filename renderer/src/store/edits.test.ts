// @vitest-environment jsdom

import { expect, test } from 'vitest';
import { DrivenStore, settled } from '../fixtures/driven-store.js';
import { currentEdit } from './edits.js';

test('a message that is being changed stays so with its chat, while another is looked at and changed', async () => {
  const { actions, store, write } = bound(new DrivenStore());
  const state = () => store.getState();
  write('first');
  actions.send();
  await settled();
  const first = state().currentChatId;
  const edit = { messageId: state().chats[first].messageIds[0], text: 'first, in other words' };
  actions.beginEdit(edit.messageId);
  actions.changeEdit(edit.text);
  actions.newChat();
  expect(currentEdit(state())).toBeNull();
  actions.changeEdit('of nothing');
  expect(currentEdit(state())).toBeNull();
  await actions.openChat(first);
  expect(currentEdit(state())).toEqual(edit);
  actions.cancelEdit();
  expect(currentEdit(state())).toBeNull();
});

function bound(driven: DrivenStore) {
  return { actions: driven.actions, store: driven.store, write: (text: string) => driven.write(text) };
}
