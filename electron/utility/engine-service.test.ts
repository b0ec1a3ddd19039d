import { expect, test } from 'vitest';
import { PRESET_NAMES } from '../../engine/types.js';
import { compressionChoice } from '../ipc/shapes.js';
import { type DrivenService, Listener, serveEachTest } from './fixtures/driven-service.js';

let driven: DrivenService;
serveEachTest((made) => {
  driven = made;
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

test('an answer that is stopped while its prompt becomes tokens leaves the cache to the one before', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.ask('a', { maxTokens: 3 });
  await driven.listener.ends(1);
  driven.ask('b', { messages: [{ role: 'user', content: 'no end of words '.repeat(50_000) }] });
  driven.stop('b');
  await driven.listener.ends(2);
  expect(driven.outcomes()).toEqual(['a done', 'b aborted']);
  const seen = driven.listener.of('end').map(({ end }) => [end.result?.promptTokens === 0, end.result?.kv.tokensSeen]);
  expect(seen).toEqual([
    [false, expect.any(Number)],
    [true, seen[0][1]],
  ]);
  expect(driven.listener.of('kv').filter(({ requestId }) => requestId === 'b')).toEqual([]);
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

test('a window that connects anew learns the state, numbered from 0, and gets the rest of the answer', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.ask('a', { maxTokens: 30 });
  await driven.listener.until(() => driven.listener.of('text').length > 0);
  const earlier = driven.listener;
  driven.listener = new Listener(driven.service);
  await driven.listener.ends(1);
  expect(driven.listener.frames.slice(0, 4)).toMatchObject([
    { seq: 0, type: 'model', model: { state: 'ready' } },
    { seq: 1, type: 'measuring' },
    { seq: 2, type: 'tidying' },
    { seq: 3, type: 'kv' },
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
