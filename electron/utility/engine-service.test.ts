import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createEngine } from '../../engine/index.js';
import { PRESET_NAMES, type Precision } from '../../engine/types.js';
import { type CompareCall, compressionChoice, type GenerateCall } from '../ipc/contract.js';
import type { EngineReport } from '../ipc/engine-messages.js';
import type { EngineFrame } from '../ipc/frames.js';
import { sideId } from '../ipc/side-id.js';
import { EngineService } from './engine-service.js';

const architectures = fileURLToPath(new URL('../../engine/testing/architectures', import.meta.url));
const modelPath = join(architectures, 'llama', 'model.gguf');
const otherPath = join(architectures, 'qwen2', 'model.gguf');
const cacheFolder = mkdtempSync(join(tmpdir(), 'service-'));
afterAll(() => rmSync(cacheFolder, { recursive: true }));

type Frame<T extends EngineFrame['type']> = Extract<EngineFrame, { type: T }>;

/** A window's end of a port, and what came through it. */
class Listener {
  readonly frames: EngineFrame[] = [];
  readonly #port: MessagePort;
  #check: () => void = () => undefined;

  constructor(service: EngineService) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port2;
    port2.on('message', (frame: EngineFrame) => {
      this.frames.push(frame);
      this.#check();
    });
    service.obey({ type: 'connect' }, [port1]);
  }

  until(isReached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#check = () => {
        if (isReached()) resolve();
      };
      this.#check();
    });
  }

  of<T extends EngineFrame['type']>(type: T): Frame<T>[] {
    return this.frames.filter((frame): frame is Frame<T> => frame.type === type);
  }

  model(state: Frame<'model'>['model']['state']): Promise<void> {
    return this.until(() => this.of('model').at(-1)?.model.state === state);
  }

  ends(count: number): Promise<void> {
    return this.until(() => this.of('end').length >= count);
  }

  close(): void {
    this.#port.close();
  }
}

let service: EngineService;
let reports: EngineReport[];
let listener: Listener;
let beforeLoading: () => Promise<void>;

beforeEach(() => {
  reports = [];
  beforeLoading = () => Promise.resolve();
  service = new EngineService({
    createEngine: (options) => beforeLoading().then(() => createEngine(options)),
    report: (report) => reports.push(report),
    clock: {
      now: () => performance.now(),
      schedule: (task, ms) => {
        const timer = setTimeout(task, ms);
        return () => clearTimeout(timer);
      },
    },
  });
  listener = new Listener(service);
  return async () => {
    await service.end();
    listener.close();
  };
});

const load = (path = modelPath, precision: Precision = 'default') =>
  service.obey({ type: 'load', path, cacheFolder, precision }, []);
const stop = (requestId: string) => service.obey({ type: 'stop', requestId }, []);

function ask(requestId: string, more: Partial<GenerateCall> = {}): void {
  const messages = [{ role: 'user' as const, content: 'hello' }];
  const sampling = { temperature: 0 };
  service.obey({ type: 'generate', request: { requestId, messages, sampling, ...more } }, []);
}

/** `requestId end` or `requestId code` of each answer, in order. */
function outcomes(): string[] {
  return listener
    .of('end')
    .map(({ requestId, end }) => `${requestId} ${end.type === 'error' ? end.error.code : end.type}`);
}

test('a model is loaded, and an answer comes whole, with its last statistics before its end', async () => {
  load();
  await listener.model('ready');
  ask('a', { maxTokens: 20 });
  await listener.ends(1);
  const { end } = listener.of('end')[0];
  if (end.type !== 'done') throw new Error(`The answer ended in ${end.type}.`);
  const texts = listener.of('text').filter(({ requestId }) => requestId === 'a');
  expect(texts.map(({ text }) => text).join('')).toBe(end.result.text);
  expect(texts.at(-1)?.tokens).toBe(20);
  expect(listener.of('kv').at(-1)).toMatchObject({ requestId: 'a', kv: { tokensSeen: end.result.kv.tokensSeen } });
  expect(listener.frames.at(-1)?.type).toBe('end');
  expect(listener.frames.map(({ seq }) => seq)).toEqual(listener.frames.map((_, index) => index));
  const states = reports.flatMap((report) => (report.type === 'model' ? [report.state] : []));
  expect(new Set(states)).toEqual(new Set(['loading', 'ready']));
});

test('the ready state names the model and the memory of the process', async () => {
  load();
  await listener.model('ready');
  expect(listener.of('model').at(-1)?.model).toMatchObject({ model: { path: modelPath, architecture: 'llama' } });
  expect(listener.of('model').at(-1)?.model).toHaveProperty(
    'residentBytes',
    expect.toSatisfy((bytes) => bytes > 1e6),
  );
});

test('the ready state tells what each preset was measured to cost, and reading how long the prompt is', async () => {
  load();
  await listener.model('ready');
  const model = listener.of('model').at(-1)?.model;
  expect(model?.state === 'ready' && model.presets.map(({ name }) => name)).toEqual([...PRESET_NAMES]);
  // Each can be asked for over the contract.
  for (const preset of PRESET_NAMES) expect(compressionChoice.parse({ preset })).toEqual({ preset });
  ask('a', { maxTokens: 1, compression: { preset: 'compact' } });
  await listener.ends(1);
  const [end] = listener.of('end');
  expect(end.end.result?.kv.compression).toEqual({ preset: 'compact' });
  expect(listener.of('prefill').at(-1)?.promptTokens).toBe(end.end.result?.promptTokens);
});

test('a request while one runs is refused; the first goes on', async () => {
  load();
  await listener.model('ready');
  ask('a', { maxTokens: 10 });
  ask('b');
  await listener.ends(2);
  expect(outcomes()).toEqual(['b ENGINE_BUSY', 'a done']);
});

test('the same request twice is answered once', async () => {
  load();
  await listener.model('ready');
  ask('a', { maxTokens: 10 });
  ask('a', { maxTokens: 10 });
  await listener.ends(1);
  ask('b', { maxTokens: 1 });
  await listener.ends(2);
  expect(outcomes()).toEqual(['a done', 'b done']);
});

test('a request while the model loads waits for it; a second one is refused', async () => {
  load();
  ask('a', { maxTokens: 2 });
  ask('b');
  await listener.ends(2);
  expect(outcomes()).toEqual(['b ENGINE_BUSY', 'a done']);
});

test('a request that waits can be stopped', async () => {
  load();
  ask('a');
  stop('a');
  await listener.model('ready');
  ask('b', { maxTokens: 1 });
  await listener.ends(2);
  expect(outcomes()).toEqual(['a aborted', 'b done']);
});

test('a stopped answer ends, and the one asked for at once after it is not refused', async () => {
  load();
  await listener.model('ready');
  ask('a');
  stop('a');
  ask('b', { maxTokens: 1 });
  await listener.ends(2);
  expect(outcomes()).toEqual(['a aborted', 'b done']);
});

test('stopping what is not there changes nothing', async () => {
  load();
  await listener.model('ready');
  stop('nobody');
  ask('a', { maxTokens: 3 });
  stop('nobody');
  await listener.ends(1);
  expect(outcomes()).toEqual(['a done']);
});

test('without a model a request is refused', async () => {
  ask('a');
  await listener.ends(1);
  expect(outcomes()).toEqual(['a ENGINE_NOT_READY']);
});

test('a request that waits for a model that cannot be loaded hears why', async () => {
  load('/no/such/model.gguf');
  ask('a');
  await listener.ends(1);
  const { end } = listener.of('end')[0];
  expect(end).toMatchObject({ error: { code: 'ENGINE_NOT_READY', message: expect.stringContaining('/no/such/') } });
  expect(listener.of('model').at(-1)?.model).toMatchObject({
    state: 'failed',
    path: '/no/such/model.gguf',
    error: { code: 'MODEL_FILE_MISSING' },
  });
});

test('a model that was ejected answers no more, and the answer it was writing is aborted', async () => {
  load();
  await listener.model('ready');
  ask('a');
  service.obey({ type: 'eject' }, []);
  await listener.ends(1);
  ask('b');
  await listener.ends(2);
  expect(outcomes()).toEqual(['a aborted', 'b ENGINE_NOT_READY']);
  expect(listener.of('model').at(-1)?.model.state).toBe('none');
});

test('the last model that was asked for is the one that is loaded', async () => {
  load();
  load(otherPath);
  load();
  load(otherPath);
  await listener.model('ready');
  expect(listener.of('model').at(-1)?.model).toMatchObject({ model: { path: otherPath } });
  const ready = listener.of('model').filter(({ model }) => model.state === 'ready');
  expect(ready).toHaveLength(1);
});

test('a request made while another model loads is answered by that one', async () => {
  load();
  await listener.model('ready');
  load(otherPath);
  ask('a', { maxTokens: 1 });
  await listener.ends(1);
  expect(outcomes()).toEqual(['a done']);
  expect(listener.of('model').at(-1)?.model).toMatchObject({ model: { path: otherPath } });
});

test('asking for the model that is loaded says so again without loading it', async () => {
  load();
  await listener.model('ready');
  const before = listener.of('model').length;
  load();
  await listener.until(() => listener.of('model').length > before);
  expect(
    listener
      .of('model')
      .map(({ model }) => model.state)
      .slice(before),
  ).toEqual(['ready']);
});

test('the same model in another precision is loaded anew', async () => {
  load();
  await listener.model('ready');
  load(modelPath, 'float32');
  const ready = () =>
    listener.of('model').flatMap(({ model }) => (model.state === 'ready' ? [model.runtime.precision] : []));
  await listener.until(() => ready().length === 2);
  expect(ready()).toEqual(['default', 'float32']);
});

test('a window that connects anew learns the state, numbered from 0, and gets the rest of the answer', async () => {
  load();
  await listener.model('ready');
  ask('a', { maxTokens: 30 });
  await listener.until(() => listener.of('text').length > 0);
  const earlier = listener;
  listener = new Listener(service);
  await listener.ends(1);
  expect(listener.frames.slice(0, 2)).toMatchObject([
    { seq: 0, type: 'model', model: { state: 'ready' } },
    { seq: 1, type: 'kv' },
  ]);
  expect(outcomes()).toEqual(['a done']);
  earlier.close();
});

test('what a window asked for goes with it: the next one can ask at once', async () => {
  let letLoad = (): void => undefined;
  beforeLoading = () =>
    new Promise((resolve) => {
      letLoad = resolve;
    });
  load();
  ask('a');
  listener.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  listener = new Listener(service);
  ask('b', { maxTokens: 1 });
  letLoad();
  await listener.ends(1);
  expect(outcomes()).toEqual(['b done']);
});

test('what the engine refuses is told with its code', async () => {
  load();
  await listener.model('ready');
  ask('a', { messages: [{ role: 'user', content: 'word '.repeat(1000) }] });
  await listener.ends(1);
  expect(outcomes()).toEqual(['a PROMPT_TOO_LONG']);
});

test('ending aborts the answer and releases the model', async () => {
  load();
  await listener.model('ready');
  ask('a');
  await service.end();
  await listener.ends(1);
  expect(outcomes()).toEqual(['a aborted']);
});

/** Asks for a comparison that drops nothing of so short a text: both sides are the same. */
function compare(requestId: string, more: Partial<CompareCall> = {}): void {
  const messages = [{ role: 'user' as const, content: 'hello' }];
  const request = { requestId, messages, sampling: { temperature: 0, seed: 3 }, maxTokens: 8, replyTokens: 8, ...more };
  service.obey({ type: 'compare', request }, []);
}

/** How each comparison ended, in order. */
function comparisonEnds(): string[] {
  return listener.of('comparison').flatMap(({ requestId, step }) => {
    if (step.type === 'written' || step.type === 'checking') return [];
    return [`${requestId} ${step.type === 'error' ? step.error.code : step.type}`];
  });
}
const comparisonsEnd = (count: number) => listener.until(() => comparisonEnds().length >= count);

test('a comparison comes as two answers under its own ids, and leaves the chat as it was', async () => {
  load();
  await listener.model('ready');
  ask('a', { maxTokens: 4 });
  await listener.ends(1);
  compare('c', { compression: { preset: 'off' } });
  await comparisonsEnd(1);
  expect(outcomes()).toEqual(['a done', `${sideId('c', 'full')} done`, `${sideId('c', 'compressed')} done`]);
  const steps = listener.of('comparison').map(({ step }) => step);
  expect(steps).toEqual([
    { type: 'written', divergence: null },
    { type: 'done', agreement: { places: 8, agreeing: 8 } },
  ]);
  for (const side of ['full', 'compressed'] as const) {
    const id = sideId('c', side);
    const texts = listener.of('text').filter(({ requestId }) => requestId === id);
    const end = listener.of('end').find(({ requestId }) => requestId === id);
    expect(texts.map(({ text }) => text).join('')).toBe(end?.end.result?.text);
    expect(listener.of('kv').findLast(({ requestId }) => requestId === id)?.kv).toEqual(end?.end.result?.kv);
  }
  ask('b', { maxTokens: 4 });
  await listener.ends(4);
  const [first, last] = [listener.of('end')[0].end.result, listener.of('end')[3].end.result];
  expect(last).toMatchObject({ text: first?.text, reusedTokens: first?.promptTokens });
});

test('a comparison and an answer refuse each other; stopped, it makes way', async () => {
  load();
  await listener.model('ready');
  compare('c', { maxTokens: 100 });
  ask('a', { maxTokens: 1 });
  compare('d');
  stop('c');
  ask('b', { maxTokens: 1 });
  await listener.until(() => outcomes().includes('b done'));
  expect(comparisonEnds()).toEqual(['d ENGINE_BUSY', 'c aborted']);
  expect(outcomes()).toContain('a ENGINE_BUSY');
  ask('e', { maxTokens: 50 });
  compare('f');
  await comparisonsEnd(3);
  expect(comparisonEnds().at(-1)).toBe('f ENGINE_BUSY');
});

test('a comparison ends with the model it ran on, and without one it is refused', async () => {
  load();
  await listener.model('ready');
  compare('c', { maxTokens: 100 });
  service.obey({ type: 'eject' }, []);
  await comparisonsEnd(1);
  compare('d');
  await comparisonsEnd(2);
  expect(comparisonEnds()).toEqual(['c aborted', 'd ENGINE_NOT_READY']);
});

test('what a comparison will take is told, or why it cannot be', async () => {
  load();
  await listener.model('ready');
  const messages = [{ role: 'user' as const, content: 'hello' }];
  const asked = { requestId: 'c', messages, replyTokens: 10, compression: { preset: 'off' as const } };
  service.obey({ type: 'forecastComparison', request: asked }, []);
  const tooLong = [{ role: 'user' as const, content: 'hello '.repeat(3000) }];
  service.obey({ type: 'forecastComparison', request: { ...asked, requestId: 'd', messages: tooLong } }, []);
  await listener.until(() => listener.of('comparisonForecast').length === 2);
  const outlooks = new Map(listener.of('comparisonForecast').map(({ requestId, outlook }) => [requestId, outlook]));
  expect(outlooks.get('c')).toMatchObject({ forecast: { replyTokens: 10, firstTokenMs: null } });
  expect(outlooks.get('d')).toMatchObject({ error: { code: 'PROMPT_TOO_LONG' } });
});
