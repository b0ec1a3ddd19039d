// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { madeTrace } from '../../../engine/trace/fixtures/made-trace.js';
import type { ModelInfo } from '../../../engine/types.js';
import { type Bridge, CallError } from '../bridge.js';
import { shownSample } from '../timeline/moment.js';
import { type Actions, createActions } from './actions.js';
import type { Answer, AppState } from './state.js';
import { type AppStore, createAppStore } from './store.js';

type Call = [name: string, input?: unknown];

const READY: AppState['model'] = {
  state: 'ready',
  model: { path: '/m.gguf', layers: 2, hash: 'h' } as ModelInfo,
  runtime: {
    executionProvider: 'cpu',
    implementation: 'c-api',
    reason: '',
    onnxRuntimeVersion: '1',
    threads: 1,
    precision: 'default',
  },
  presets: [],
  loadMs: 1,
  residentBytes: 1,
};

let calls: Call[];
let failure: CallError | null;
let store: AppStore;
let actions: Actions;

function record(name: string) {
  return async (input?: unknown): Promise<void> => {
    calls.push([name, input]);
    if (failure) throw failure;
  };
}

beforeEach(() => {
  calls = [];
  failure = null;
  localStorage.clear();
  const bridge: Bridge = {
    appInfo: async () => {
      throw new CallError({ code: 'INTERNAL', message: 'not asked for here' });
    },
    connectEngine: record('connectEngine'),
    loadModel: record('loadModel'),
    setPrecision: record('setPrecision'),
    setCompression: record('setCompression'),
    ejectModel: record('ejectModel'),
    chooseModelFile: async () => '/chosen.gguf',
    generate: record('generate'),
    forecast: record('forecast'),
    reread: record('reread'),
    compare: record('compare'),
    forecastComparison: record('forecastComparison'),
    inspectMemory: record('inspectMemory'),
    saveFile: async (file) => {
      await record('saveFile')(file);
      return '/saved';
    },
    openTrace: async () => {
      await record('openTrace')();
      return null;
    },
    stop: record('stop'),
    openExternal: record('openExternal'),
    openLog: record('openLog'),
    setTheme: record('setTheme'),
    onEngineStatus: () => () => undefined,
    onMenuCommand: () => () => undefined,
  };
  let count = 0;
  store = createAppStore('c');
  actions = createActions(store, bridge, () => `id${++count}`);
});

const write = (text: string) => actions.changeDraft({ text, pasted: [] });
const settled = () => new Promise((resolve) => setTimeout(resolve));

function lastAnswer(): Answer {
  const { chats, messages } = store.getState();
  const message = messages[chats.c.messageIds.at(-1) ?? ''];
  if (message?.role !== 'assistant') throw new Error('no answer');
  return message;
}

describe('sending', () => {
  it('asks the engine with the chat so far', async () => {
    store.setState({ model: READY, temperature: 0, seed: 5 });
    write('Hello');
    actions.send();
    await settled();
    expect(calls).toEqual([
      [
        'generate',
        { requestId: 'id1', messages: [{ role: 'user', content: 'Hello' }], sampling: { temperature: 0, seed: 5 } },
      ],
    ]);
    expect(store.getState().running).toEqual({ answerId: 'id1', chatId: 'c' });
  });

  it('sends nothing but spaces nowhere', () => {
    store.setState({ model: READY });
    write('  \n ');
    actions.send();
    expect(calls).toEqual([]);
  });

  it('waits for the model and then sends by itself', async () => {
    write('Hello');
    actions.send();
    expect(lastAnswer().state.phase).toBe('queued');
    expect(calls).toEqual([]);
    store.setState({ model: READY });
    actions.sendQueued();
    await settled();
    expect(calls[0][0]).toBe('generate');
    expect(store.getState().queued).toBeNull();
  });

  it('keeps the text while an answer runs, and says so', () => {
    store.setState({ model: READY });
    write('One');
    actions.send();
    write('Two');
    actions.send();
    expect(store.getState().drafts.c.text).toBe('Two');
    expect(store.getState().hint).toBe('stillAnswering');
    expect(calls).toHaveLength(1);
  });

  it('shows a refused call at the answer, keeping the message', async () => {
    failure = new CallError({ code: 'REQUEST_INVALID', message: 'Too long.' });
    store.setState({ model: READY });
    write('Hello');
    actions.send();
    await settled();
    expect(lastAnswer().state).toMatchObject({ phase: 'failed', error: { code: 'REQUEST_INVALID' } });
    expect(store.getState().running).toBeNull();
    actions.editLast();
    expect(store.getState().drafts.c.text).toBe('Hello');
  });
});

describe('stopping and answering again', () => {
  it('asks to stop once', async () => {
    store.setState({ model: READY });
    actions.stop();
    write('Hello');
    actions.send();
    actions.stop();
    actions.stop();
    await settled();
    expect(calls.filter(([name]) => name === 'stop')).toEqual([['stop', 'id1']]);
  });

  it('regenerates the last answer under a new id, not while one runs', async () => {
    store.setState({ model: READY });
    write('Hello');
    actions.send();
    actions.regenerate();
    expect(calls).toHaveLength(1);
    store.setState({ running: null });
    actions.regenerate();
    await settled();
    expect(calls).toHaveLength(2);
    expect(lastAnswer().id).not.toBe('id1');
  });
});

describe('the memory', () => {
  it('is asked for as chosen, from the next message on, and main keeps the choice', async () => {
    store.setState({ model: READY, compression: { preset: 'faithful' } });
    write('One');
    actions.send();
    actions.setCompression({ budgetBytes: 20e6 });
    store.setState({ running: null });
    write('Two');
    actions.send();
    await settled();
    expect(
      calls.map(([name, input]) => [name, input instanceof Object && 'compression' in input && input.compression]),
    ).toEqual([
      ['generate', { preset: 'faithful' }],
      ['setCompression', false],
      ['generate', { budgetBytes: 20e6 }],
    ]);
    expect(calls[1][1]).toEqual({ budgetBytes: 20e6 });
  });

  it('of a chat that was asked for short answers gets them, and no other chat', async () => {
    store.setState({ model: READY });
    actions.setShortAnswers(true);
    write('One');
    actions.send();
    store.setState({ running: null });
    actions.newChat();
    write('Two');
    actions.send();
    await settled();
    expect(calls.map(([, input]) => input instanceof Object && 'maxTokens' in input && input.maxTokens)).toEqual([
      150,
      false,
    ]);
  });

  it('is told to be nearly full until the notice is closed, chat by chat', () => {
    actions.closeLimitNotice();
    expect(store.getState().limitNoticeClosed).toEqual({ c: true });
  });
});

describe('pins', () => {
  /** An answered question; → its id. */
  async function askOnce(): Promise<string> {
    store.setState({ model: READY });
    write('The code is 4711.');
    actions.send();
    await settled();
    const { id } = lastAnswer();
    store.setState(({ messages }) => ({
      running: null,
      messages: { ...messages, [id]: { ...(messages[id] as Answer), text: 'Noted.' } },
    }));
    return store.getState().chats.c.messageIds[0];
  }

  it('go with the messages that they are in, until they are let go', async () => {
    const question = await askOnce();
    actions.pinRange(question, { from: 12, to: 16 });
    actions.pin(lastAnswer().id);
    await actions.reread();
    expect(calls.at(-1)).toEqual([
      'reread',
      {
        requestId: store.getState().running?.answerId,
        messages: [
          { role: 'user', content: 'The code is 4711.', pinned: [{ from: 12, to: 16 }] },
          { role: 'assistant', content: 'Noted.', pinned: true },
        ],
      },
    ]);
    actions.unpinRange(question, { from: 12, to: 16 });
    actions.unpin(lastAnswer().id);
    expect(store.getState().pins).toEqual({});
  });

  it('of a message that is taken back go with it', async () => {
    const question = await askOnce();
    actions.pin(question);
    actions.editLast();
    expect(store.getState().pins).toEqual({});
  });

  it('a reading is not begun while an answer runs, and one that fails says why until that is closed', async () => {
    await askOnce();
    store.setState({ running: { answerId: 'x', chatId: 'c' } });
    const before = calls.length;
    await actions.reread();
    expect(calls).toHaveLength(before);
    store.setState({ running: null });
    failure = new CallError({ code: 'ENGINE_CRASHED', message: 'gone' });
    await actions.reread();
    expect(store.getState()).toMatchObject({
      running: null,
      reread: { phase: 'failed', error: { code: 'ENGINE_CRASHED' } },
    });
    actions.closeReread();
    expect(store.getState().reread).toBeNull();
  });
});

describe('the model', () => {
  it('loads the file that was chosen, and tells what failed', async () => {
    await actions.chooseModel('file');
    expect(calls).toEqual([['loadModel', '/chosen.gguf']]);
    failure = new CallError({ code: 'ENGINE_CRASHED', message: 'gone' });
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
    failure = new CallError({ code: 'FILE_UNWRITABLE', message: 'Full.' });
    expect(await actions.saveFile({ name: 'a.csv', kind: 'csv', content: '' })).toBeNull();
    expect(store.getState().fileError).toMatchObject({ code: 'FILE_UNWRITABLE', message: 'Full.' });
    actions.closeFileError();
    expect(store.getState().fileError).toBeNull();
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
