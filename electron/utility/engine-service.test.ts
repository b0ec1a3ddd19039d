import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { ARCHITECTURES } from '../../engine/model/model-config.js';
import { TENSOR_TYPES } from '../../engine/model/tensor-info.js';
import { PRESET_NAMES } from '../../engine/types.js';
import { engineReport, type ModelQuestion, modelOutline } from '../ipc/engine-messages.js';
import { compressionChoice } from '../ipc/shapes.js';
import { DrivenService, Listener, MODEL_PATH, OTHER_PATH } from './fixtures/driven-service.js';

const cacheFolder = mkdtempSync(join(tmpdir(), 'service-'));
afterAll(() => rmSync(cacheFolder, { recursive: true }));

const OUTLINE: ModelQuestion['outlines'][number] = {
  architecture: 'llama',
  numLayers: 2,
  hiddenSize: 64,
  intermediateSize: 128,
  numHeads: 4,
  numKvHeads: 2,
  headDim: 16,
  vocabSize: 300,
  contextLength: 256,
  tiedHead: true,
  hash: null,
  types: { layers: 'Q8_0', embedding: 'Q8_0', head: 'Q8_0' },
};

let driven: DrivenService;
beforeEach(() => {
  driven = new DrivenService(cacheFolder);
  return () => driven.end();
});

test('a model is loaded, and an answer comes whole, with its last statistics before its end', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.ask('a', { maxTokens: 20 });
  await driven.listener.ends(1);
  const { end } = driven.listener.of('end')[0];
  if (end.type !== 'done') throw new Error(`The answer ended in ${end.type}.`);
  const texts = driven.listener.of('text').filter(({ requestId }) => requestId === 'a');
  expect(texts.map(({ text }) => text).join('')).toBe(end.result.text);
  expect(texts.at(-1)?.tokens).toBe(20);
  expect(driven.listener.of('kv').at(-1)).toMatchObject({
    requestId: 'a',
    kv: { tokensSeen: end.result.kv.tokensSeen },
  });
  expect(driven.listener.frames.at(-1)?.type).toBe('end');
  expect(driven.listener.frames.map(({ seq }) => seq)).toEqual(driven.listener.frames.map((_, index) => index));
  const states = driven.reports.flatMap((report) => (report.type === 'model' ? [report.state] : []));
  expect(new Set(states)).toEqual(new Set(['loading', 'ready']));
});

test('the ready state names the model and the memory of the process', async () => {
  driven.load();
  await driven.listener.model('ready');
  expect(driven.listener.of('model').at(-1)?.model).toMatchObject({
    model: { path: MODEL_PATH, architecture: 'llama' },
  });
  expect(driven.listener.of('model').at(-1)?.model).toHaveProperty(
    'residentBytes',
    expect.toSatisfy((bytes) => bytes > 1e6),
  );
});

test('the ready state tells what each preset was measured to cost, and reading how long the prompt is', async () => {
  driven.load();
  await driven.listener.model('ready');
  const model = driven.listener.of('model').at(-1)?.model;
  expect(model?.state === 'ready' && model.presets.map(({ name }) => name)).toEqual([...PRESET_NAMES]);
  // Each can be asked for over the contract.
  for (const preset of PRESET_NAMES) expect(compressionChoice.parse({ preset })).toEqual({ preset });
  driven.ask('a', { maxTokens: 1, compression: { preset: 'compact' } });
  await driven.listener.ends(1);
  const [end] = driven.listener.of('end');
  expect(end.end.result?.kv.compression).toEqual({ preset: 'compact' });
  expect(driven.listener.of('prefill').at(-1)?.promptTokens).toBe(end.end.result?.promptTokens);
});

test('a request while one runs is refused; the first goes on', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.ask('a', { maxTokens: 10 });
  driven.ask('b');
  await driven.listener.ends(2);
  expect(driven.outcomes()).toEqual(['b ENGINE_BUSY', 'a done']);
});

test('the same request twice is answered once', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.ask('a', { maxTokens: 10 });
  driven.ask('a', { maxTokens: 10 });
  await driven.listener.ends(1);
  driven.ask('b', { maxTokens: 1 });
  await driven.listener.ends(2);
  expect(driven.outcomes()).toEqual(['a done', 'b done']);
});

test('a request while the model loads waits for it; a second one is refused', async () => {
  driven.load();
  driven.ask('a', { maxTokens: 2 });
  driven.ask('b');
  await driven.listener.ends(2);
  expect(driven.outcomes()).toEqual(['b ENGINE_BUSY', 'a done']);
});

test('a request that waits can be stopped', async () => {
  driven.load();
  driven.ask('a');
  driven.stop('a');
  await driven.listener.model('ready');
  driven.ask('b', { maxTokens: 1 });
  await driven.listener.ends(2);
  expect(driven.outcomes()).toEqual(['a aborted', 'b done']);
});

test('a stopped answer ends, and the one asked for at once after it is not refused', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.ask('a');
  driven.stop('a');
  driven.ask('b', { maxTokens: 1 });
  await driven.listener.ends(2);
  expect(driven.outcomes()).toEqual(['a aborted', 'b done']);
});

test('stopping what is not there changes nothing', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.stop('nobody');
  driven.ask('a', { maxTokens: 3 });
  driven.stop('nobody');
  await driven.listener.ends(1);
  expect(driven.outcomes()).toEqual(['a done']);
});

test('without a model a request is refused', async () => {
  driven.ask('a');
  await driven.listener.ends(1);
  expect(driven.outcomes()).toEqual(['a ENGINE_NOT_READY']);
});

test('a request that waits for a model that cannot be loaded hears why', async () => {
  driven.load('/no/such/model.gguf');
  driven.ask('a');
  await driven.listener.ends(1);
  const { end } = driven.listener.of('end')[0];
  expect(end).toMatchObject({ error: { code: 'ENGINE_NOT_READY', message: expect.stringContaining('/no/such/') } });
  expect(driven.listener.of('model').at(-1)?.model).toMatchObject({
    state: 'failed',
    path: '/no/such/model.gguf',
    error: { code: 'MODEL_FILE_MISSING' },
  });
});

test('a model that was ejected answers no more, and the answer it was writing is aborted', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.ask('a');
  driven.service.obey({ type: 'eject' }, []);
  await driven.listener.ends(1);
  driven.ask('b');
  await driven.listener.ends(2);
  expect(driven.outcomes()).toEqual(['a aborted', 'b ENGINE_NOT_READY']);
  expect(driven.listener.of('model').at(-1)?.model.state).toBe('none');
});

test('the last model that was asked for is the one that is loaded', async () => {
  driven.load();
  driven.load(OTHER_PATH);
  driven.load();
  driven.load(OTHER_PATH);
  await driven.listener.model('ready');
  expect(driven.listener.of('model').at(-1)?.model).toMatchObject({ model: { path: OTHER_PATH } });
  const ready = driven.listener.of('model').filter(({ model }) => model.state === 'ready');
  expect(ready).toHaveLength(1);
});

test('a request made while another model loads is answered by that one', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.load(OTHER_PATH);
  driven.ask('a', { maxTokens: 1 });
  await driven.listener.ends(1);
  expect(driven.outcomes()).toEqual(['a done']);
  expect(driven.listener.of('model').at(-1)?.model).toMatchObject({ model: { path: OTHER_PATH } });
});

test('asking for the model that is loaded says so again without loading it', async () => {
  driven.load();
  await driven.listener.model('ready');
  const before = driven.listener.of('model').length;
  driven.load();
  await driven.listener.until(() => driven.listener.of('model').length > before);
  expect(
    driven.listener
      .of('model')
      .map(({ model }) => model.state)
      .slice(before),
  ).toEqual(['ready']);
});

test('the same model with another context is loaded anew; what each length would cost is told when asked', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.load(MODEL_PATH, 'default', 64);
  const contexts = () =>
    driven.listener.of('model').flatMap(({ model }) => (model.state === 'ready' ? [model.runtime.contextLength] : []));
  await driven.listener.until(() => contexts().length === 2);
  const [whole, short] = contexts();
  expect(short).toBe(64);
  driven.service.obey({ type: 'costContexts', compression: { preset: 'compact' } }, []);
  await driven.listener.until(() => driven.listener.of('contextCosts').length === 1);
  const { costs } = driven.listener.of('contextCosts')[0];
  expect(costs.at(-1)?.contextLength).toBe(whole);
  expect(costs.at(-1)?.kvBytes).toBeGreaterThan(0);
});

test('what is loaded is reported in a line, without its path', async () => {
  driven.load();
  await driven.listener.model('ready');
  const about = driven.reports.flatMap((report) => (report.type === 'model' ? [report.about] : [])).at(-1);
  expect(about).toMatch(/^llama, .* layers, .*ONNX Runtime/);
  expect(about).not.toMatch(/[/\\]/);
});

test('the same model in another precision is loaded anew', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.load(MODEL_PATH, 'float32');
  const ready = () =>
    driven.listener.of('model').flatMap(({ model }) => (model.state === 'ready' ? [model.runtime.precision] : []));
  await driven.listener.until(() => ready().length === 2);
  expect(ready()).toEqual(['default', 'float32']);
});

test('a window that connects anew learns the state, numbered from 0, and gets the rest of the answer', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.ask('a', { maxTokens: 30 });
  await driven.listener.until(() => driven.listener.of('text').length > 0);
  const earlier = driven.listener;
  driven.listener = new Listener(driven.service);
  await driven.listener.ends(1);
  expect(driven.listener.frames.slice(0, 3)).toMatchObject([
    { seq: 0, type: 'model', model: { state: 'ready' } },
    { seq: 1, type: 'measuring' },
    { seq: 2, type: 'kv' },
  ]);
  expect(driven.outcomes()).toEqual(['a done']);
  earlier.close();
});

test('what a window asked for goes with it: the next one can ask at once', async () => {
  let letLoad = (): void => undefined;
  driven.beforeLoading = () =>
    new Promise((resolve) => {
      letLoad = resolve;
    });
  driven.load();
  driven.ask('a');
  driven.listener.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  driven.listener = new Listener(driven.service);
  driven.ask('b', { maxTokens: 1 });
  letLoad();
  await driven.listener.ends(1);
  expect(driven.outcomes()).toEqual(['b done']);
});

test('what the engine refuses is told with its code', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.ask('a', { messages: [{ role: 'user', content: 'word '.repeat(1000) }] });
  await driven.listener.ends(1);
  expect(driven.outcomes()).toEqual(['a PROMPT_TOO_LONG']);
});

test('ending aborts the answer and releases the model', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.ask('a');
  await driven.service.end();
  await driven.listener.ends(1);
  expect(driven.outcomes()).toEqual(['a aborted']);
});

test('what models would take that are not here is told without a model, and in the order it was asked', () => {
  const outline = (contextLength: number) => ({ ...OUTLINE, contextLength });
  const use = { contextTokens: 4096, compression: { preset: 'faithful' as const }, precision: 'default' as const };
  const question = { id: 'q', outlines: [outline(8192), outline(1000)], use };
  driven.service.obey({ type: 'forecastModels', question }, []);
  expect(driven.reports.at(-1)).toMatchObject({
    type: 'modelForecasts',
    id: 'q',
    forecasts: [
      { contextTokens: 4096, fit: 'fits', weightsBytes: expect.any(Number) },
      { contextTokens: 1000, fit: 'fits' },
    ],
    totalBytes: expect.toSatisfy((bytes) => bytes > 1e8),
  });
  expect(engineReport.parse(driven.reports.at(-1))).toEqual(driven.reports.at(-1));
});

test('main can ask about every model that the engine runs', () => {
  expect(modelOutline.shape.architecture.options).toEqual([...ARCHITECTURES]);
  expect(modelOutline.shape.types.shape.layers.options.toSorted()).toEqual(TENSOR_TYPES.toSorted());
});

test('the tokens of a text are counted by the model that is loaded, and not without one', async () => {
  const count = () =>
    driven.service.obey({ type: 'countTokens', request: { requestId: 'p', text: 'hello hello' } }, []);
  count();
  driven.load();
  await driven.listener.model('ready');
  count();
  await driven.listener.until(() => driven.listener.of('tokenCount').length > 0);
  expect(driven.listener.of('tokenCount')).toHaveLength(1);
  expect(driven.listener.of('tokenCount')[0].tokens).toBeGreaterThan(1);
});
