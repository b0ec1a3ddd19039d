// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import type { Assistant } from '../../../electron/ipc/assistant-contract.js';
import { CallError } from '../bridge.js';
import { DrivenStore, settled } from '../fixtures/driven-store.js';
import { READY } from '../fixtures/ready-model.js';
import { freeName, isChanged } from './assistants-state.js';

let driven: DrivenStore;
beforeEach(async () => {
  localStorage.clear();
  driven = new DrivenStore();
  driven.store.setState({ model: READY, compression: { preset: 'faithful' }, appCompression: { preset: 'faithful' } });
  await driven.actions.readAssistants();
});
const chat = () => {
  const { chats, currentChatId } = driven.store.getState();
  return chats[currentChatId];
};
const own = () => driven.store.getState().assistants.own;
const asked = (name: string) => driven.calls.filter(([call]) => call === name).map(([, input]) => input);
const save = (name: string, withModel = false) => driven.actions.saveAsAssistant({ name, description: '', withModel });

describe('an assistant', () => {
  it('is made of the present chat’s settings, and is what that chat has then', async () => {
    driven.actions.setSystemPrompt('Be brief.');
    driven.actions.setChatSampling('topP', 0.5);
    driven.actions.setMaxTokens(40);
    driven.actions.setChatCompression({ preset: 'compact' });
    driven.actions.saveAsAssistant({ name: ' Brief ', description: ' Few words ', withModel: true });
    const [made] = own();
    expect(made).toEqual({
      ...{ id: made.id, name: 'Brief', description: 'Few words' },
      ...{ systemPrompt: 'Be brief.', sampling: { topP: 0.5 }, maxTokens: 40 },
      compression: { preset: 'compact' },
    });
    expect(chat().settings.assistantId).toBe(made.id);
    expect(isChanged(driven.store.getState(), made)).toBe(false);
    await settled();
    expect(asked('keepAssistants')).toEqual([{ assistants: [made] }]);
  });

  it('has the model only if that is wanted, and the compression only if the chat has its own', () => {
    driven.store.setState(({ chats }) => ({
      chats: { c: { ...chats.c, leafId: 'x', model: { file: 'm.gguf', hash: 'h' } } },
    }));
    save('Without');
    save('With', true);
    expect(own()).toEqual([
      { id: own()[0].id, name: 'Without' },
      { id: own()[1].id, name: 'With', model: { file: 'm.gguf', hash: 'h' } },
    ]);
  });

  it('sets what it has in another chat, and leaves the rest to the app', () => {
    driven.actions.setSystemPrompt('Be brief.');
    driven.actions.setChatCompression({ preset: 'compact' });
    save('Brief');
    driven.actions.newChat();
    driven.actions.setChatSampling('topK', 3);
    driven.actions.takeAssistant(own()[0].id);
    expect(chat()).toMatchObject({
      settings: { systemPrompt: 'Be brief.', assistantId: own()[0].id },
      compression: { preset: 'compact' },
    });
    expect(chat().settings.sampling).toBeUndefined();
    expect(driven.store.getState().compression).toEqual({ preset: 'compact' });
    driven.actions.takeAssistant('plain');
    expect(chat()).toMatchObject({ settings: { assistantId: 'plain' }, compression: null, model: null });
    expect(driven.store.getState().compression).toEqual({ preset: 'faithful' });
    driven.actions.takeAssistant('nobody');
    expect(chat().settings).toEqual({ assistantId: 'plain' });
  });

  it('can be taken back where it took the place of what was set by hand, and only there', () => {
    const { actions, store } = driven;
    actions.takeAssistant('plain');
    expect(store.getState().toast).toBeNull();
    actions.setSystemPrompt('Written with care.');
    actions.setChatCompression({ preset: 'compact' });
    actions.takeAssistant('plain');
    expect(store.getState().toast?.words()).toBe('Assistant “Plain” taken');
    actions.undoDelete();
    expect(chat()).toMatchObject({
      settings: { systemPrompt: 'Written with care.' },
      compression: { preset: 'compact' },
    });
    expect(store.getState().compression).toEqual({ preset: 'compact' });
    actions.removeSystemPrompt();
    expect(chat().settings.systemPrompt).toBeUndefined();
    actions.undoDelete();
    expect(chat().settings.systemPrompt).toBe('Written with care.');
    save('Careful');
    expect(store.getState().toast).toBeNull();
    actions.takeAssistant('plain');
    expect(store.getState().toast).toBeNull();
  });

  it('can be taken back where it took the place of a compression alone', () => {
    const { actions, store } = driven;
    actions.setChatCompression({ preset: 'compact' });
    actions.takeAssistant('plain');
    expect(chat().compression).toBeNull();
    actions.undoDelete();
    expect(chat().compression).toEqual({ preset: 'compact' });
    expect(store.getState().compression).toEqual({ preset: 'compact' });
  });

  it('loses nothing by hand where the app’s compression was chosen in a chat that had another one', () => {
    const { actions, store } = driven;
    const at = () => store.getState();
    const compact: Assistant = { id: 'a', name: 'A', compression: { preset: 'compact' } };
    store.setState(({ assistants }) => ({ assistants: { ...assistants, own: [compact] } }));
    actions.takeAssistant('a');
    expect([at().toast, isChanged(at(), compact)]).toEqual([null, false]);
    actions.setCompression({ preset: 'balanced' });
    expect(isChanged(at(), compact)).toBe(true);
    // It is the app's, and so it is after this.
    actions.takeAssistant('plain');
    expect([at().toast, at().compression]).toEqual([null, { preset: 'balanced' }]);
    actions.takeAssistant('a');
    actions.setCompression({ preset: 'off' });
    actions.takeAssistant('a');
    expect(at().compression).toEqual({ preset: 'compact' });
    actions.undoDelete();
    expect(at().compression).toEqual({ preset: 'off' });
  });

  it('loses nothing by hand where the chat was written under what the app had before', async () => {
    const { actions, store } = driven;
    driven.write('One');
    actions.send();
    await settled();
    expect(chat().compression).toEqual({ preset: 'faithful' });
    actions.setCompression({ preset: 'balanced' });
    actions.takeAssistant('plain');
    expect([store.getState().toast, store.getState().compression]).toEqual([null, { preset: 'balanced' }]);
  });

  it('that sets no compression is not told to differ for what the chat was written under', () => {
    const { actions, store } = driven;
    const plain: Assistant = { id: 'plain', name: 'Plain' };
    actions.setChatCompression({ preset: 'compact' });
    expect(isChanged(store.getState(), plain)).toBe(false);
  });

  it('is told to differ once the chat was set otherwise, in whatever order', () => {
    const assistant: Assistant = { id: 'a', name: 'A', sampling: { topP: 0.5, topK: 3 } };
    driven.store.setState(({ assistants }) => ({ assistants: { ...assistants, own: [assistant] } }));
    driven.actions.takeAssistant('a');
    driven.actions.setChatSampling('topP', undefined);
    expect(isChanged(driven.store.getState(), assistant)).toBe(true);
    driven.actions.setChatSampling('topP', 0.5);
    expect(isChanged(driven.store.getState(), assistant)).toBe(false);
  });

  it('is renamed, duplicated, deleted and brought back to its place; each change is kept', async () => {
    save('A');
    save('B');
    const [a, b] = own();
    driven.actions.renameAssistant(a.id, '  ');
    driven.actions.renameAssistant(a.id, ' Alpha ');
    driven.actions.duplicateAssistant(a.id);
    driven.actions.duplicateAssistant('plain');
    expect(own().map(({ name }) => name)).toEqual(['Alpha', 'B', 'Alpha 2', 'Plain 2']);
    driven.actions.deleteAssistant(a.id);
    expect(driven.store.getState().toast?.words()).toBe('Assistant “Alpha” deleted');
    driven.actions.deleteAssistant('plain');
    driven.actions.undoDelete();
    expect(
      own()
        .map(({ id }) => id)
        .slice(0, 2),
    ).toEqual([a.id, b.id]);
    await settled();
    expect(asked('keepAssistants').at(-1)).toEqual({ assistants: own() });
  });

  it('goes into a file without its id, and comes back under a name that is free', async () => {
    save('A');
    await driven.actions.exportAssistants([own()[0].id, 'plain']);
    expect(asked('exportAssistants')).toEqual([{ assistants: [{ name: 'A' }, { name: 'Plain' }] }]);
    driven.imported = [{ name: 'A', systemPrompt: 'Hi' }, { name: 'A' }];
    await driven.actions.importAssistants();
    expect(own().map(({ name }) => name)).toEqual(['A', 'A 2', 'A 3']);
    expect(new Set(own().map(({ id }) => id)).size).toBe(3);
    expect(driven.store.getState().toast?.words()).toBe('2 assistants imported');
    driven.imported = null;
    await driven.actions.importAssistants();
    expect(own()).toHaveLength(3);
  });

  it('that cannot be had from a file is told, until that is closed', async () => {
    driven.failing = { importAssistants: new CallError({ code: 'ASSISTANT_FILE_INVALID', message: 'No.' }) };
    await driven.actions.importAssistants();
    expect(driven.store.getState().assistants.error).toMatchObject({ code: 'ASSISTANT_FILE_INVALID' });
    driven.actions.closeAssistantError();
    expect(driven.store.getState().assistants.error).toBeNull();
  });

  it('that came with the app is named anew in another language, and the user’s own stay', async () => {
    save('A');
    driven.builtIn.splice(0, 1, { id: 'plain', name: 'Ohne' });
    await driven.actions.readAssistants();
    expect(driven.store.getState().assistants.builtIn).toEqual([{ id: 'plain', name: 'Ohne' }]);
    save('B');
    await settled();
    expect(own().map(({ name }) => name)).toEqual(['A', 'B']);
    expect(asked('keepAssistants')).toHaveLength(2);
  });

  it('that was kept in a file that could not be read is told of once, in the window', async () => {
    driven = new DrivenStore();
    driven.damage = { code: 'ASSISTANTS_DAMAGED', message: 'Set aside.', details: { path: '/x' } };
    await driven.actions.readAssistants();
    expect(driven.store.getState().fileError).toEqual(driven.damage);
    driven.actions.closeFileError();
    await driven.actions.readAssistants();
    expect(driven.store.getState().fileError).toBeNull();
  });

  it('that was made while the others could not be read is kept with them', async () => {
    driven = new DrivenStore();
    driven.own = [{ id: 'old', name: 'Old' }];
    driven.failing = { readAssistants: new CallError({ code: 'INTERNAL', message: 'No.' }) };
    await driven.actions.readAssistants();
    expect(driven.store.getState().assistants.error).toMatchObject({ message: 'No.' });
    driven.failing = {};
    save('A');
    await settled();
    expect(own().map(({ name }) => name)).toEqual(['Old', 'A']);
    expect(asked('keepAssistants')).toEqual([{ assistants: own() }]);
  });

  it('is not made where there are too many, and that is told', async () => {
    const error = () => driven.store.getState().assistants.error;
    driven.imported = Array.from({ length: 200 }, (_, at) => ({ name: `N${at}` }));
    await driven.actions.importAssistants();
    save('One more');
    expect(own()).toHaveLength(200);
    expect(error()).toMatchObject({ code: 'ASSISTANTS_TOO_MANY', details: { most: 200 } });
    expect(error()?.message).toMatch(/200 assistants at most/);
    driven.actions.deleteAssistant(own()[0].id);
    const { undo } = driven.store.getState().toast ?? {};
    save('Instead');
    expect(error()).toBeNull();
    if (undo) driven.store.setState((state) => undo(state), true);
    expect(own()).toHaveLength(200);
    expect(error()?.code).toBe('ASSISTANTS_TOO_MANY');
  });
});

it('a free name is the next number', () => {
  const taken = ['A', 'A 2', 'B 7'].map((name) => ({ name }));
  expect(freeName('C', taken)).toBe('C');
  expect(freeName('A', taken)).toBe('A 3');
  expect(freeName('A 2', taken)).toBe('A 3');
  expect(freeName('B 7', taken)).toBe('B 2');
});
