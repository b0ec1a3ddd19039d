// @vitest-environment jsdom

import { beforeEach, describe, expect, it } from 'vitest';
import { DrivenStore } from '../fixtures/driven-store.js';
import { READY } from '../fixtures/ready-model.js';
import { currentEdit } from './edits.js';
import { changeAnswer, failRunning } from './frames.js';

let driven: DrivenStore;
beforeEach(() => {
  driven = new DrivenStore();
  driven.store.setState({ model: READY });
});

const state = () => driven.store.getState();
const shown = () => state().chats.c.messageIds;

/** Asks, and has it answered. */
function answered(): void {
  driven.write('One');
  driven.actions.send();
  const { id } = driven.lastAnswer();
  driven.store.setState(
    (before) => ({ ...changeAnswer(before, id, (answer) => ({ ...answer, text: 'Uno' })), running: null }),
    true,
  );
}

const fails = () =>
  driven.store.setState((before) => failRunning(before, { code: 'PROMPT_TOO_LONG', message: 'Too long.' }), true);

describe('changing the last message', () => {
  it('is done in its place where another answer would be lost from view', () => {
    answered();
    driven.actions.regenerate();
    fails();
    const before = shown();
    driven.actions.editLast();
    expect(currentEdit(state())).toEqual({ messageId: before[0], text: null });
    expect(shown()).toEqual(before);
  });

  it('is done in its place where it was asked in other words before', () => {
    answered();
    driven.actions.sendEdit(shown()[0], { text: 'Two', pasted: [] });
    fails();
    driven.actions.editLast();
    expect(currentEdit(state())).toEqual({ messageId: shown()[0], text: null });
    expect(state().messages[shown()[0]].text).toBe('Two');
  });

  it('takes another answer back that still waits, and shows the one before', () => {
    answered();
    const before = shown();
    driven.store.setState({ model: { state: 'none' } });
    driven.actions.regenerate();
    expect(state().queued).toHaveLength(1);
    driven.actions.editLast();
    expect(state().queued).toEqual([]);
    expect(currentEdit(state())).toBeNull();
    expect(shown()).toEqual(before);
  });
});
