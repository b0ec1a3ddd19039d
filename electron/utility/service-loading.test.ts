import { expect, test } from 'vitest';
import { type DrivenService, MODEL_PATH, OTHER_PATH, serveEachTest } from './fixtures/driven-service.js';

let driven: DrivenService;
serveEachTest((made) => {
  driven = made;
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

test('when the process is to end, what waits is handed back, and the model is shown as one that is opened', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.load(OTHER_PATH);
  driven.ask('a');
  await driven.service.end();
  await driven.listener.model('loading');
  expect(driven.outcomes()).toEqual([]);
  expect(driven.reports).toContainEqual({
    type: 'unanswered',
    command: { type: 'generate', request: expect.objectContaining({ requestId: 'a' }) },
  });
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
