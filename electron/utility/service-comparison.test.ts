import { expect, test } from 'vitest';
import type { CompareCall } from '../ipc/contract.js';
import { sideId } from '../ipc/side-id.js';
import { type DrivenService, serveEachTest } from './fixtures/driven-service.js';

let driven: DrivenService;
serveEachTest((made) => {
  driven = made;
});

/** Asks for a comparison that drops nothing of so short a text: both sides are the same. */
function compare(requestId: string, more: Partial<CompareCall> = {}): void {
  const messages = [{ role: 'user' as const, content: 'hello' }];
  const request = { requestId, messages, sampling: { temperature: 0, seed: 3 }, maxTokens: 8, replyTokens: 8, ...more };
  driven.service.obey({ type: 'compare', request }, []);
}

/** How each comparison ended, in order. */
function comparisonEnds(): string[] {
  return driven.listener.of('comparison').flatMap(({ requestId, step }) => {
    if (step.type === 'written' || step.type === 'checking') return [];
    return [`${requestId} ${step.type === 'error' ? step.error.code : step.type}`];
  });
}
const comparisonsEnd = (count: number) => driven.listener.until(() => comparisonEnds().length >= count);

test('a comparison comes as two answers under its own ids, and leaves the chat as it was', async () => {
  driven.load();
  await driven.listener.model('ready');
  driven.ask('a', { maxTokens: 4 });
  await driven.listener.ends(1);
  compare('c', { compression: { preset: 'off' } });
  await comparisonsEnd(1);
  expect(driven.outcomes()).toEqual(['a done', `${sideId('c', 'full')} done`, `${sideId('c', 'compressed')} done`]);
  const steps = driven.listener.of('comparison').map(({ step }) => step);
  expect(steps).toEqual([
    { type: 'written', divergence: null },
    { type: 'done', agreement: { places: 8, agreeing: 8 } },
  ]);
  for (const side of ['full', 'compressed'] as const) {
    const id = sideId('c', side);
    const texts = driven.listener.of('text').filter(({ requestId }) => requestId === id);
    const end = driven.listener.of('end').find(({ requestId }) => requestId === id);
    expect(texts.map(({ text }) => text).join('')).toBe(end?.end.result?.text);
    expect(driven.listener.of('kv').findLast(({ requestId }) => requestId === id)?.kv).toEqual(end?.end.result?.kv);
  }
  driven.ask('b', { maxTokens: 4 });
  await driven.listener.ends(4);
  const [first, last] = [driven.listener.of('end')[0].end.result, driven.listener.of('end')[3].end.result];
  expect(last).toMatchObject({ text: first?.text, reusedTokens: first?.promptTokens });
});

test('a comparison and an answer refuse each other; stopped, it makes way', async () => {
  driven.load();
  await driven.listener.model('ready');
  compare('c', { maxTokens: 100 });
  driven.ask('a', { maxTokens: 1 });
  compare('d');
  driven.stop('c');
  driven.ask('b', { maxTokens: 1 });
  await driven.listener.until(() => driven.outcomes().includes('b done'));
  expect(comparisonEnds()).toEqual(['d ENGINE_BUSY', 'c aborted']);
  expect(driven.outcomes()).toContain('a ENGINE_BUSY');
  driven.ask('e', { maxTokens: 50 });
  compare('f');
  await comparisonsEnd(3);
  expect(comparisonEnds().at(-1)).toBe('f ENGINE_BUSY');
});

test('a comparison ends with the model it ran on, and without one it is refused', async () => {
  driven.load();
  await driven.listener.model('ready');
  compare('c', { maxTokens: 100 });
  driven.service.obey({ type: 'eject' }, []);
  await comparisonsEnd(1);
  compare('d');
  await comparisonsEnd(2);
  expect(comparisonEnds()).toEqual(['c aborted', 'd ENGINE_NOT_READY']);
});

test('what a comparison will take is told, or why it cannot be', async () => {
  driven.load();
  await driven.listener.model('ready');
  const messages = [{ role: 'user' as const, content: 'hello' }];
  const asked = { requestId: 'c', messages, replyTokens: 10, compression: { preset: 'off' as const } };
  driven.service.obey({ type: 'forecastComparison', request: asked }, []);
  const tooLong = [{ role: 'user' as const, content: 'hello '.repeat(3000) }];
  driven.service.obey({ type: 'forecastComparison', request: { ...asked, requestId: 'd', messages: tooLong } }, []);
  await driven.listener.until(() => driven.listener.of('comparisonForecast').length === 2);
  const outlooks = new Map(
    driven.listener.of('comparisonForecast').map(({ requestId, outlook }) => [requestId, outlook]),
  );
  expect(outlooks.get('c')).toMatchObject({ forecast: { replyTokens: 10, firstTokenMs: null } });
  expect(outlooks.get('d')).toMatchObject({ error: { code: 'PROMPT_TOO_LONG' } });
});
