import { expect, test } from 'vitest';
import { CallError } from '../bridge.js';
import { DrivenStore } from '../fixtures/driven-store.js';

test('a change is made by main, and the window has what main made of it', async () => {
  const driven = new DrivenStore();
  await driven.actions.changeSettings({ textSize: 'large' });
  expect(driven.calls).toEqual([['changeSettings', { textSize: 'large' }]]);
  expect(driven.store.getState().settings).toMatchObject({ textSize: 'large' });
});

test('what main refuses stays as it was and is told, until another change is made', async () => {
  const driven = new DrivenStore();
  await driven.actions.changeSettings({ threads: 2 });
  driven.failure = new CallError({ code: 'REQUEST_INVALID', message: '2 cores' });
  await driven.actions.changeSettings({ threads: 20 });
  expect(driven.store.getState()).toMatchObject({
    settings: { threads: 2 },
    settingsError: { code: 'REQUEST_INVALID', message: '2 cores' },
  });
  driven.failure = null;
  await driven.actions.changeSettings({ threads: 1 });
  expect(driven.store.getState()).toMatchObject({ settings: { threads: 1 }, settingsError: null });
});

test('a report that cannot be copied is no report', async () => {
  const driven = new DrivenStore();
  expect(await driven.actions.copyDiagnostics()).toBe('report');
  driven.failure = new CallError({ code: 'INTERNAL', message: 'no' });
  expect(await driven.actions.copyDiagnostics()).toBeNull();
});
