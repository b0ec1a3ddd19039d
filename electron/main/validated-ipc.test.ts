import { expect, test, vi } from 'vitest';
import { EngineError } from '../../engine/errors.js';
import type { CompressionChoice } from '../../engine/types.js';
import type { CallResult } from '../ipc/bridge.js';
import { type CallName, contract } from '../ipc/contract.js';
import { MAX_MESSAGE_LENGTH } from '../ipc/shapes.js';
import { answerCall, type Handlers, registerHandlers } from './validated-ipc.js';

const sender = 'page';
const message = { role: 'user', content: 'hello' };
const request = { requestId: 'r1', messages: [message] };

function failure(result: CallResult<CallName>) {
  if (result.ok) throw new Error('The call was expected to fail.');
  return result.error;
}

test('a handler gets the checked input, and its value comes back', async () => {
  const handler = vi.fn(() => '/models/a.gguf');
  const result = await answerCall('chooseModelFile', handler, [{ kind: 'file' }], sender);
  expect(handler).toHaveBeenCalledWith({ kind: 'file' }, sender);
  expect(result).toEqual({ ok: true, value: '/models/a.gguf' });
});

test.each<[string, CallName, unknown[], string]>([
  ['a missing input', 'generate', [], 'input'],
  ['a missing field', 'generate', [{ messages: [message] }], 'requestId'],
  ['a wrong role', 'generate', [{ ...request, messages: [{ role: 'robot', content: '' }] }], 'messages.0.role'],
  [
    'a content of the wrong type',
    'generate',
    [{ ...request, messages: [{ ...message, content: 7 }] }],
    'messages.0.content',
  ],
  ['no message', 'generate', [{ ...request, messages: [] }], 'messages'],
  ['a temperature below zero', 'generate', [{ ...request, sampling: { temperature: -1 } }], 'sampling.temperature'],
  ['a NaN', 'generate', [{ ...request, sampling: { topP: Number.NaN } }], 'sampling.topP'],
  ['an infinite number of tokens', 'generate', [{ ...request, maxTokens: Number.POSITIVE_INFINITY }], 'maxTokens'],
  ['a field nobody knows', 'generate', [{ ...request, tools: [] }], 'tools'],
  ['a field nobody knows, deeper', 'generate', [{ ...request, sampling: { heat: 1 } }], 'sampling.heat'],
  [
    'a message that is too long',
    'generate',
    [{ ...request, messages: [{ ...message, content: 'x'.repeat(MAX_MESSAGE_LENGTH + 1) }] }],
    'messages.0.content',
  ],
  ['an empty path', 'loadModel', [{ path: '' }], 'path'],
  ['an unknown preset', 'generate', [{ ...request, compression: { preset: 'tiny' } }], 'compression'],
  ['a budget of nothing', 'generate', [{ ...request, compression: { budgetBytes: 0 } }], 'compression.budgetBytes'],
  ['a budget that is no number', 'setCompression', [{ compression: { budgetBytes: '20 MB' } }], 'compression'],
  [
    'a preset and a budget at once',
    'setCompression',
    [{ compression: { preset: 'compact', budgetBytes: 1 } }],
    'compression',
  ],
  [
    'a pin that is neither set nor not',
    'generate',
    [{ ...request, messages: [{ ...message, pinned: 1 }] }],
    'messages.0.pinned',
  ],
  ['an unknown theme', 'setTheme', [{ theme: 'pink' }], 'theme'],
  ['an input where none is taken', 'ejectModel', [{ force: true }], 'input'],
])('%s is refused by name, and the handler is not run', async (_what, name, args, field) => {
  const handler = vi.fn();
  const error = failure(await answerCall(name, handler, args, sender));
  expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { call: name, field } });
  expect(error.message).toContain(`(${name}: ${field})`);
  expect(handler).not.toHaveBeenCalled();
});

test.each<{ compression: CompressionChoice }>([
  { compression: { preset: 'off' } },
  { compression: { preset: 'paper' } },
  { compression: { budgetBytes: 20e6 } },
])('an answer can be asked for under $compression', async ({ compression }) => {
  const handler = vi.fn();
  const asked = { ...request, messages: [{ ...message, pinned: true }], compression };
  expect(await answerCall('generate', handler, [asked], sender)).toMatchObject({ ok: true });
  expect(handler).toHaveBeenCalledWith(asked, sender);
});

test('a second argument is refused', async () => {
  const error = failure(await answerCall('stop', vi.fn(), [{ requestId: 'a' }, 'more'], sender));
  expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { call: 'stop' } });
});

test('what zod cannot even put into words is refused by its code, too', async () => {
  const nameless = { constructor: { name: Object.create(null) } };
  const error = failure(await answerCall('openLog', () => undefined, [nameless], sender));
  expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { call: 'openLog' } });
});

test('an error keeps its code and details on the way', async () => {
  const down = (): never => {
    throw new EngineError('ENGINE_CRASHED', 'It ended. Load a model.', { attempts: 3 });
  };
  expect(failure(await answerCall('generate', down, [request], sender))).toEqual({
    code: 'ENGINE_CRASHED',
    message: 'It ended. Load a model.',
    details: { attempts: 3 },
  });
});

test('any other failure becomes INTERNAL, also one that comes later', async () => {
  const error = failure(await answerCall('openLog', () => Promise.reject(new TypeError('no such file')), [], sender));
  expect(error).toEqual({ code: 'INTERNAL', message: 'no such file' });
});

test('a wrong answer of a handler does not get through', async () => {
  const wrong = (() => ({ version: 1 })) as unknown as Handlers<string>['appInfo'];
  const error = failure(await answerCall('appInfo', wrong, [], sender));
  expect(error.code).toBe('INTERNAL');
  expect(error.message).toContain('appInfo answered with a wrong shape: version');
});

test('every call is answered on its own channel, and only for the page of the app', async () => {
  const listeners = new Map<
    string,
    (event: { sender: string; own: boolean }, ...args: unknown[]) => Promise<unknown>
  >();
  const failed: CallName[] = [];
  const nothing = (): void => undefined;
  registerHandlers<string, { sender: string; own: boolean }>({
    receiver: { handle: (channel, listener) => void listeners.set(channel, listener) },
    isTrusted: (event) => event.own,
    handlers: {
      appInfo: () => Promise.reject(new Error('unused')),
      connectEngine: nothing,
      loadModel: nothing,
      setPrecision: nothing,
      setCompression: () => undefined,
      changeSettings: () => Promise.reject(new Error('unused')),
      ejectModel: nothing,
      chooseModelFile: () => null,
      generate: nothing,
      forecast: nothing,
      reread: nothing,
      compare: nothing,
      forecastComparison: nothing,
      costContexts: nothing,
      openFolder: nothing,
      copyDiagnostics: () => '',
      inspectMemory: nothing,
      takeUpMemory: nothing,
      parkedMemories: () => ({ chats: 0, bytes: 0 }),
      removeParkedMemories: () => ({ chats: 0, bytes: 0 }),
      measurePresets: () => undefined,
      stopMeasuring: () => undefined,
      readAttachment: () => ({ text: 'x' }),
      countTokens: nothing,
      stop: nothing,
      saveFile: () => null,
      openTrace: () => null,
      openExternal: nothing,
      openLog: nothing,
      checkForUpdates: () => ({ state: 'latest' }),
      downloadUpdate: nothing,
      leaveQuick: nothing,
      setTheme: nothing,
      models: () => ({ library: [], downloads: [], hub: '' }),
      readCatalog: () => ({ models: [], memory: { freeBytes: 0, totalBytes: 0 } }),
      startDownload: nothing,
      pauseDownload: nothing,
      cancelDownload: nothing,
      removeModel: nothing,
      locateModel: () => false,
      copyModel: nothing,
      setHub: nothing,
      setDevice: nothing,
      listChats: () => ({ chats: [], rescue: null }),
      readChat: () => ({ messages: [], draft: { text: '', pasted: [] } }),
      keepChats: nothing,
      searchChats: () => [],
      exportChats: () => null,
      importChats: () => null,
      readAssistants: () => ({ builtIn: [], own: [], damage: null }),
      keepAssistants: nothing,
      exportAssistants: () => null,
      importAssistants: () => null,
    },
    onError: (name) => failed.push(name),
  });
  expect([...listeners.keys()]).toEqual(Object.keys(contract).map((name) => `pyramid:${name}`));
  const stop = listeners.get('pyramid:stop');
  expect(await stop?.({ sender, own: true }, { requestId: 'a' })).toEqual({ ok: true, value: undefined });
  expect(await stop?.({ sender, own: false }, { requestId: 'a' })).toMatchObject({
    ok: false,
    error: { code: 'REQUEST_INVALID' },
  });
  expect(failed).toEqual(['stop']);
});
