// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import type { LibraryModel } from '../../../electron/ipc/model-contract.js';
import { pieceKey } from '../attachments/piece.js';
import { DrivenStore, settled } from '../fixtures/driven-store.js';
import { kvOf } from '../fixtures/kv.js';
import { READY } from '../fixtures/ready-model.js';
import { changeAnswer } from '../store/frames.js';
import type { Answer } from '../store/state.js';
import { readSystemPrompt, rereadTokens, withSystemPrompt } from './ask-settings.js';
import { hasNamesake, otherModel, pathOfModel } from './chat-model.js';

let driven: DrivenStore;
beforeEach(() => {
  localStorage.clear();
  driven = new DrivenStore();
  driven.store.setState({ model: READY });
});
const chat = () => {
  const { chats, currentChatId } = driven.store.getState();
  return chats[currentChatId];
};
const asked = (name = 'generate') => driven.calls.filter(([call]) => call === name).map(([, input]) => input);

/** Sends a message; its answer ends. */
async function say(text: string): Promise<void> {
  driven.write(text);
  driven.actions.send();
  await settled();
  const { running } = driven.store.getState();
  driven.store.setState(
    (state) => ({
      ...changeAnswer(state, running?.answerId ?? '', (answer) => ({ ...answer, text: 'Yes.' })),
      running: null,
    }),
    true,
  );
}

describe('what a chat sets', () => {
  it('is what its answers are asked with, and no other chat’s; the rest is the app’s', async () => {
    driven.actions.setSampling({ temperature: 0.5, seed: 7 });
    driven.actions.setSystemPrompt('Be brief.');
    driven.actions.setChatSampling('topP', 0.8);
    driven.actions.setChatSampling('seed', 9);
    driven.actions.setMaxTokens(40);
    await say('One');
    driven.actions.newChat();
    await say('Two');
    expect(asked()).toMatchObject([
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'One' },
        ],
        sampling: { temperature: 0.5, topP: 0.8, seed: 9 },
        maxTokens: 40,
      },
      { messages: [{ role: 'user', content: 'Two' }], sampling: { temperature: 0.5, seed: 7 } },
    ]);
    expect(asked()[0]).not.toHaveProperty('systemPrompt');
    expect(asked()[1]).not.toHaveProperty('maxTokens');
  });

  it('is told of the answer, also once it was changed', async () => {
    driven.actions.setSystemPrompt('Be brief.');
    await say('One');
    driven.actions.setSystemPrompt('Be long.');
    const { messages } = driven.store.getState();
    expect(messages[chat().messageIds[1]]).toMatchObject({ asked: { systemPrompt: 'Be brief.' } });
    expect(readSystemPrompt(driven.store.getState())).toBe('Be brief.');
  });

  it('is left to the app again, and nothing of it stays', () => {
    driven.actions.setSystemPrompt('Be brief.');
    driven.actions.setChatSampling('topK', 5);
    driven.actions.setMaxTokens(40);
    driven.actions.setSystemPrompt('');
    driven.actions.setChatSampling('topK', undefined);
    driven.actions.setMaxTokens(undefined);
    expect(chat().settings).toEqual({});
  });

  it.each([
    [undefined, 150],
    [500, 150],
    [40, 40],
  ])('has its own longest answer (%s) again behind short ones', (own, short) => {
    driven.actions.setMaxTokens(own);
    driven.actions.setShortAnswers(true);
    driven.actions.setShortAnswers(true);
    expect(chat().settings).toEqual({ maxTokens: short, maxTokensBefore: own ?? null });
    driven.actions.setShortAnswers(false);
    driven.actions.setShortAnswers(false);
    expect(chat().settings).toEqual(own === undefined ? {} : { maxTokens: own });
  });

  it('with short answers makes an assistant with those alone', () => {
    driven.actions.setShortAnswers(true);
    driven.actions.saveAsAssistant({ name: 'Short', description: '', withModel: false });
    const [{ id, ...made }] = driven.store.getState().assistants.own;
    expect(made).toEqual({ name: 'Short', maxTokens: 150 });
    expect(chat().settings).toEqual({ maxTokens: 150, assistantId: id });
  });

  it('typed while answers are short is what holds from then on', () => {
    driven.actions.setShortAnswers(true);
    driven.actions.setMaxTokens(300);
    expect(chat().settings).toEqual({ maxTokens: 300 });
  });

  it('goes along into the forecast, into reading again, and into a comparison of an old answer', async () => {
    driven.actions.setSystemPrompt('Be brief.');
    driven.write('One');
    driven.actions.forecast();
    const system = { role: 'system', content: 'Be brief.' };
    expect(asked('forecast')).toMatchObject([{ messages: [system, { role: 'user' }] }]);
    await say('One');
    await driven.actions.reread();
    driven.store.setState({ running: null, reread: null });
    expect(asked('reread')).toMatchObject([{ messages: [system, { role: 'user' }, { role: 'assistant' }] }]);
    const [, answerId] = chat().messageIds;
    const timings = { prefillMs: 1, firstTokenMs: 1, decodeMsPerToken: 1 };
    const figures = { promptTokens: 9, reusedTokens: 0, completionTokens: 3, seed: 7, timings };
    driven.store.setState(
      (state) => changeAnswer(state, answerId, (answer) => ({ ...answer, state: { phase: 'stopped', figures } })),
      true,
    );
    driven.actions.setSystemPrompt('Be long.');
    driven.store.setState({ compression: { preset: 'compact' } });
    driven.actions.openComparison(answerId);
    await driven.actions.startComparison();
    expect(asked('compare')).toMatchObject([{ messages: [system, { role: 'user' }] }]);
  });

  it('is nothing to read where nothing was said', async () => {
    driven.actions.setSystemPrompt('Be brief.');
    await driven.actions.reread();
    expect(asked('reread')).toEqual([]);
    expect(withSystemPrompt(' \n', [{ role: 'user', content: 'Hi' }])).toHaveLength(1);
  });

  it('is there after the next start, also before a word was said', async () => {
    driven.actions.setSystemPrompt('Be brief.');
    await driven.actions.keeper.flush();
    const later = new DrivenStore(driven.disk, 'later');
    await later.actions.loadChats();
    expect(later.store.getState().chats[later.store.getState().currentChatId].settings).toEqual({
      systemPrompt: 'Be brief.',
    });
  });

  it('has its system prompt again where that was removed, beside what was set since', () => {
    driven.actions.setSystemPrompt('Be brief.');
    driven.actions.removeSystemPrompt();
    driven.actions.setChatSampling('topK', 5);
    driven.actions.undoDelete();
    expect(chat().settings).toEqual({ systemPrompt: 'Be brief.', sampling: { topK: 5 } });
  });

  it('goes along into a copy, and comes back with a chat that was deleted', async () => {
    driven.actions.setSystemPrompt('Be brief.');
    await say('One');
    const { id, messageIds, settings, model } = chat();
    driven.actions.forkChat(messageIds[1]);
    expect(chat()).toMatchObject({ settings, model });
    expect(chat().id).not.toBe(id);
    driven.actions.deleteChats([id]);
    driven.actions.undoDelete();
    expect(driven.store.getState().chats[id]).toMatchObject({ settings, model });
  });
});

describe('another system prompt', () => {
  const cost = () => rereadTokens(driven.store.getState());
  const count = (text: string, tokens: number) =>
    driven.store.setState(({ tokenCounts }) => ({ tokenCounts: { ...tokenCounts, [pieceKey(text)]: tokens } }));
  const changeLast = (change: Partial<Answer>) => {
    const id = chat().messageIds.at(-1) ?? '';
    driven.store.setState((state) => changeAnswer(state, id, (answer) => ({ ...answer, ...change })), true);
  };

  it('costs the chat’s tokens, with its own in the place of the old one’s, until it was read', async () => {
    const { store, actions } = driven;
    actions.setSystemPrompt('Be brief.');
    expect(cost()).toBeNull();
    await say('One');
    expect(cost()).toBeNull();
    actions.setSystemPrompt('Be long, and thorough.');
    store.setState({ kv: kvOf(30), kvChatId: 'c' });
    expect(cost()).toBe(0);
    count('Be brief.', 3);
    count('Be long, and thorough.', 6);
    expect(cost()).toBe(33);
    store.setState({ kvChatId: 'other' });
    const timings = { prefillMs: 1, firstTokenMs: 1, decodeMsPerToken: 1 };
    const figures = { promptTokens: 20, reusedTokens: 0, completionTokens: 3, seed: 7, timings };
    changeLast({ state: { phase: 'stopped', figures } });
    expect(cost()).toBe(26);
    actions.setSystemPrompt('');
    expect(cost()).toBe(20);
    actions.setSystemPrompt('Be brief. ');
    expect(cost()).toBeNull();
  });

  it('was not read by what waits, nor by what was refused for it', async () => {
    driven.actions.setSystemPrompt('Be brief.');
    await say('One');
    driven.actions.setSystemPrompt('Far too long.');
    await say('Two');
    expect(readSystemPrompt(driven.store.getState())).toBe('Far too long.');
    const error = { code: 'SYSTEM_PROMPT_TOO_LONG', message: '' } as const;
    changeLast({ text: '', state: { phase: 'failed', error, figures: null } });
    expect(readSystemPrompt(driven.store.getState())).toBe('Be brief.');
    changeLast({ text: '', state: { phase: 'queued' }, asked: undefined });
    expect(readSystemPrompt(driven.store.getState())).toBe('Be brief.');
    driven.actions.setSystemPrompt('Be brief.');
    expect(cost()).toBeNull();
  });
});

describe('a chat’s compression', () => {
  const [faithful, compact, off] = [{ preset: 'faithful' }, { preset: 'compact' }, { preset: 'off' }] as const;

  it('is its own alone; new chats have the app’s, whatever was looked at before', async () => {
    driven.actions.setCompression(faithful);
    driven.actions.setChatCompression(compact);
    await say('One');
    expect(driven.store.getState()).toMatchObject({ compression: compact, appCompression: faithful });
    driven.actions.newChat();
    expect(driven.store.getState().compression).toEqual(faithful);
    await say('Two');
    await driven.actions.openChat('c');
    expect(driven.store.getState().compression).toEqual(compact);
    expect(asked()).toMatchObject([{ compression: compact }, { compression: faithful }]);
    driven.actions.setChatCompression(null);
    expect(driven.store.getState().compression).toEqual(faithful);
    expect(chat().compression).toBeNull();
    expect(asked('setCompression')).toEqual([faithful]);
  });

  it('is that of the chat that is answered, not of the one that is looked at', async () => {
    driven.actions.setCompression(faithful);
    driven.store.setState({ model: { state: 'none' } });
    driven.actions.setChatCompression(off);
    driven.actions.setSystemPrompt('Be brief.');
    driven.write('One');
    driven.actions.send();
    driven.actions.newChat();
    driven.store.setState({ model: READY });
    driven.actions.sendQueued();
    await settled();
    expect(asked()).toMatchObject([{ compression: off, messages: [{ role: 'system' }, { content: 'One' }] }]);
  });
});

describe('the model of a chat', () => {
  const other = { ...READY, model: { ...READY.model, path: '/models/b-Q4_0.gguf', hash: 'h2' } };

  it('is the one that answered last; another one that is loaded is told, until the chat goes on with it', async () => {
    const { store, actions } = driven;
    expect(otherModel(store.getState())).toBeNull();
    await say('One');
    expect(chat().model).toEqual({ file: 'm.gguf', hash: 'h' });
    expect(otherModel(store.getState())).toBeNull();
    store.setState({ model: { state: 'none' } });
    expect(otherModel(store.getState())).toBeNull();
    store.setState({ model: other });
    expect(otherModel(store.getState())).toEqual({ file: 'm.gguf', hash: 'h' });
    expect(asked('loadModel')).toEqual([]);
    actions.goOnWithLoaded();
    expect(otherModel(store.getState())).toBeNull();
    expect(chat().model).toEqual({ file: 'b-Q4_0.gguf', hash: 'h2' });
  });

  it('is found by what it is; by its file’s name only where nobody knows what that is', () => {
    const one = { id: 'x', kind: 'file', place: 'elsewhere', verified: null, device: 'cpu' } as const;
    const wanted = { file: 'm.gguf', hash: 'h' };
    const gone = { ...one, path: '/gone/m.gguf', bytes: null, hash: 'h' };
    const namesake = { ...one, path: '/here/m.gguf', bytes: 5, hash: 'other' };
    const unknown = { ...one, path: '/new/m.gguf', bytes: 5, hash: null };
    const renamed = { ...one, path: '/here/renamed.gguf', bytes: 5, hash: 'h' };
    const found = (...library: LibraryModel[]) => [pathOfModel(wanted, library), hasNamesake(wanted, library)];
    expect(found(gone, namesake)).toEqual([null, true]);
    expect(found(gone, namesake, unknown, renamed)).toEqual(['/here/renamed.gguf', true]);
    expect(found(namesake, unknown)).toEqual(['/new/m.gguf', true]);
    expect(found(gone)).toEqual([null, false]);
  });
});
