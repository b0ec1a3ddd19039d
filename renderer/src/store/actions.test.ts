// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { madeTrace } from '../../../engine/trace/fixtures/made-trace.js';
import { CallError } from '../bridge.js';
import { DrivenStore, settled } from '../fixtures/driven-store.js';
import { kvOf } from '../fixtures/kv.js';
import { READY } from '../fixtures/ready-model.js';
import { shownSample } from '../timeline/moment.js';
import { reduceFrame } from './frames.js';
import type { Answer } from './state.js';

let driven: DrivenStore;
let { store, actions, calls }: DrivenStore = new DrivenStore();

beforeEach(() => {
  localStorage.clear();
  driven = new DrivenStore();
  ({ store, actions, calls } = driven);
});

const asked = () => calls.flatMap(([name, input]) => (name === 'generate' ? [input] : []));

describe('sending', () => {
  it('asks the engine with the chat so far', async () => {
    store.setState({ model: READY, temperature: 0, seed: 5 });
    driven.write('Hello');
    actions.send();
    await settled();
    expect(asked()).toEqual([
      {
        requestId: 'id1',
        chatId: 'c',
        messages: [{ role: 'user', content: 'Hello' }],
        sampling: { temperature: 0, seed: 5 },
      },
    ]);
    expect(store.getState().running).toEqual({ answerId: 'id1', chatId: 'c' });
  });

  it('sends nothing but spaces nowhere', () => {
    store.setState({ model: READY });
    driven.write('  \n ');
    actions.send();
    expect(calls).toEqual([]);
  });

  it('waits for the model and then sends by itself', async () => {
    driven.write('Hello');
    actions.send();
    expect(driven.lastAnswer().state.phase).toBe('queued');
    expect(calls).toEqual([]);
    store.setState({ model: READY });
    actions.sendQueued();
    await settled();
    expect(asked()).toHaveLength(1);
    expect(store.getState().queued).toEqual([]);
  });

  it('lets a message wait while another is answered, and sends it then', async () => {
    store.setState({ model: READY });
    driven.write('One');
    actions.send();
    await settled();
    driven.write('Two');
    actions.send();
    await settled();
    expect(asked()).toHaveLength(1);
    expect(driven.lastAnswer().state.phase).toBe('queued');
    const first = store.getState().running?.answerId ?? '';
    store.setState(({ messages }) => ({
      running: null,
      messages: { ...messages, [first]: { ...messages[first], text: 'Uno' } as Answer },
    }));
    actions.sendQueued();
    await settled();
    expect(asked().at(-1)).toMatchObject({
      messages: [{ content: 'One' }, { role: 'assistant', content: 'Uno' }, { content: 'Two' }],
    });
  });

  it('takes a message back that waits, while what is before it is answered', async () => {
    store.setState({ model: READY });
    driven.write('One');
    actions.send();
    await settled();
    actions.editLast();
    expect(store.getState().chats.c.messageIds).toHaveLength(2);
    driven.write('Two');
    actions.send();
    actions.editLast();
    expect(store.getState()).toMatchObject({ queued: [], drafts: { c: { text: 'Two' } } });
    expect(store.getState().chats.c.messageIds).toHaveLength(2);
  });

  it('asks for what waits with its own branch, whichever is shown then', async () => {
    store.setState({ model: READY });
    driven.write('One');
    actions.send();
    await settled();
    const [question] = store.getState().chats.c.messageIds;
    actions.sendEdit(question, { text: 'Uno', pasted: [] });
    const [version] = store.getState().chats.c.messageIds;
    actions.stepVersion(version, -1);
    expect(store.getState().chats.c.messageIds[0]).toBe(question);
    store.setState({ running: null });
    actions.sendQueued();
    await settled();
    expect(asked().at(-1)).toMatchObject({ messages: [{ role: 'user', content: 'Uno' }] });
  });

  it('has an answer written on, and puts what comes behind what was there', async () => {
    store.setState({ model: READY });
    driven.write('One');
    actions.send();
    await settled();
    const { id } = driven.lastAnswer();
    store.setState((state) => ({
      running: null,
      messages: { ...state.messages, [id]: { ...state.messages[id], text: 'Red, ' } as Answer },
    }));
    actions.continueAnswer(id);
    await settled();
    expect(asked().at(-1)).toMatchObject({
      requestId: id,
      messages: [{ content: 'One' }, { role: 'assistant', content: 'Red, ' }],
    });
    const timings = { prefillMs: 1, firstTokenMs: 1, decodeMsPerToken: 1 };
    const result = {
      text: 'green',
      promptTokens: 1,
      reusedTokens: 0,
      completionTokens: 1,
      seed: 1,
      timings,
      kv: kvOf(3),
    };
    const end = { type: 'done', stopReason: 'endToken', result } as const;
    store.setState((state) => reduceFrame(state, { seq: 1, type: 'end', requestId: id, end }, 0), true);
    expect(driven.lastAnswer()).toMatchObject({ text: 'Red, green', state: { phase: 'done' } });
  });

  it('has the message on the disk before it asks the engine, and asks even where it cannot be kept', async () => {
    store.setState({ model: READY });
    driven.write('One');
    actions.send();
    await settled();
    expect(calls.map(([name]) => name)).toEqual(['keepChats', 'generate']);
    expect(calls[0][1]).toMatchObject({ messages: [{ message: { text: 'One' } }, { message: { role: 'assistant' } }] });
    store.setState({ running: null });
    driven.failing = { keepChats: new CallError({ code: 'CHATS_DISK_FULL', message: 'Full.' }) };
    driven.write('Two');
    actions.send();
    await settled();
    expect(store.getState().keepError).toMatchObject({ code: 'CHATS_DISK_FULL' });
    expect(asked()).toHaveLength(2);
  });

  it('asks for nothing that was stopped before it was on the disk', async () => {
    store.setState({ model: READY });
    driven.write('One');
    actions.send();
    actions.stop();
    await settled();
    expect(asked()).toEqual([]);
    expect(driven.lastAnswer().state).toEqual({ phase: 'stopped', figures: null });
    expect(store.getState().running).toBeNull();
  });

  it('shows a refused call at the answer, keeping the message', async () => {
    driven.failure = new CallError({ code: 'REQUEST_INVALID', message: 'Too long.' });
    store.setState({ model: READY });
    driven.write('Hello');
    actions.send();
    await settled();
    expect(driven.lastAnswer().state).toMatchObject({ phase: 'failed', error: { code: 'REQUEST_INVALID' } });
    expect(store.getState().running).toBeNull();
    actions.editLast();
    expect(store.getState().drafts.c.text).toBe('Hello');
  });
});

describe('stopping and answering again', () => {
  it('asks to stop once', async () => {
    store.setState({ model: READY });
    actions.stop();
    driven.write('Hello');
    actions.send();
    await settled();
    actions.stop();
    actions.stop();
    await settled();
    expect(calls.filter(([name]) => name === 'stop')).toEqual([['stop', 'id1']]);
  });

  it('regenerates the last answer under a new id, not while one runs', async () => {
    store.setState({ model: READY });
    driven.write('Hello');
    actions.send();
    await settled();
    actions.regenerate();
    await settled();
    expect(asked()).toHaveLength(1);
    store.setState({ running: null });
    actions.regenerate();
    await settled();
    expect(asked()).toHaveLength(2);
    expect(driven.lastAnswer().id).not.toBe('id1');
  });
});

describe('the model', () => {
  it('loads the file that was chosen, and tells what failed', async () => {
    await actions.chooseModel('file');
    expect(calls).toEqual([['loadModel', '/chosen.gguf']]);
    driven.failure = new CallError({ code: 'ENGINE_CRASHED', message: 'gone' });
    await actions.loadModel(null);
    expect(store.getState().modelCallError).toMatchObject({ code: 'ENGINE_CRASHED' });
  });
});

describe('looking back', () => {
  const replay = { name: 'trace.json', trace: madeTrace({ promptTokens: 10, answerTokens: 5 }) };

  it('goes to a moment, sample by sample, and stops at both ends', () => {
    store.setState({ replay });
    const shown = () => shownSample(store.getState());
    expect(shown()).toBe(6);
    actions.lookAt(250);
    expect([shown(), store.getState().moment]).toEqual([2, 250]);
    actions.stepMoment(1);
    expect([shown(), store.getState().moment]).toEqual([3, 300]);
    actions.stepMoment(Number.NEGATIVE_INFINITY);
    expect(shown()).toBe(0);
    actions.stepMoment(-1);
    expect(shown()).toBe(0);
    actions.stepMoment(10);
    expect(store.getState().moment).toBeNull();
    actions.lookAt(-7);
    expect(store.getState().moment).toBe(0);
    actions.backToNow();
    expect(shown()).toBe(6);
  });

  it('plays on to the end, and pauses where it is taken by hand', () => {
    store.setState({ replay });
    actions.togglePlaying();
    expect(store.getState()).toMatchObject({ playing: true, moment: 0 });
    actions.playOn(250);
    expect(store.getState()).toMatchObject({ playing: true, moment: 250 });
    actions.lookAt(100);
    expect(store.getState()).toMatchObject({ playing: false, moment: 100 });
    actions.togglePlaying();
    actions.playOn(1e6);
    expect(store.getState()).toMatchObject({ playing: false, moment: null });
  });

  it('leaves a replay for a chat, and tells what could not be saved', async () => {
    store.setState({ replay, moment: 100 });
    actions.newChat();
    expect(store.getState()).toMatchObject({ replay: null, moment: null });
    driven.failure = new CallError({ code: 'FILE_UNWRITABLE', message: 'Full.' });
    expect(await actions.saveFile({ name: 'a.csv', kind: 'csv', content: '' })).toBeNull();
    expect(store.getState().fileError).toMatchObject({ code: 'FILE_UNWRITABLE', message: 'Full.' });
    actions.closeFileError();
    expect(store.getState().fileError).toBeNull();
  });
});

describe('what the model holds', () => {
  it('stays in sight in the chat that it is of, and in no other', async () => {
    store.setState({ survival: { layer: 3 }, kvChatId: 'c' });
    await actions.openChat('c');
    expect(store.getState().survival).toEqual({ layer: 3 });
    store.setState({ kvChatId: 'another' });
    await actions.openChat('c');
    expect(store.getState().survival).toBeNull();
    store.setState({ survival: { layer: null }, kvChatId: 'c' });
    actions.newChat();
    expect(store.getState().survival).toBeNull();
  });
});

describe('the sides', () => {
  it('stand beside the chat where there is room, and are laid over it one at a time where there is not', () => {
    actions.toggleSidebar();
    expect(store.getState()).toMatchObject({ sidebarOpen: false, overlay: null });
    actions.setNarrow(true);
    actions.togglePanel();
    actions.toggleSidebar();
    expect(store.getState()).toMatchObject({ overlay: 'sidebar', sidebarOpen: false, panelOpen: true });
    actions.toggleSidebar();
    expect(store.getState().overlay).toBeNull();
  });

  it('remembers the theme for the next start', () => {
    actions.setTheme('dark');
    expect(calls).toEqual([['setTheme', 'dark']]);
    expect(localStorage.getItem('preferences')).toContain('"dark"');
  });
});
