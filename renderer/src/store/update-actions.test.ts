import { expect, test } from 'vitest';
import { CallError } from '../bridge.js';
import { DrivenStore } from '../fixtures/driven-store.js';

test('a version that is found is downloaded once it is asked for', async () => {
  const driven = new DrivenStore();
  const step = () => driven.store.getState().update;
  expect(step()).toEqual({ step: 'idle' });
  await driven.actions.downloadUpdate();
  expect(driven.calls).toEqual([]);
  await driven.actions.checkForUpdates();
  expect(step()).toEqual({ step: 'available', version: '9.9.9' });
  const downloading = driven.actions.downloadUpdate();
  expect(step()).toEqual({ step: 'loading', version: '9.9.9' });
  await downloading;
  expect(step()).toEqual({ step: 'ready', version: '9.9.9' });
});

test('a failure is shown, and it can be tried again', async () => {
  const driven = new DrivenStore();
  driven.failure = new CallError({ code: 'UPDATE_FAILED', message: 'The feed is not signed.' });
  await driven.actions.checkForUpdates();
  expect(driven.store.getState().update).toMatchObject({ step: 'failed', error: { code: 'UPDATE_FAILED' } });
  driven.failure = null;
  await driven.actions.checkForUpdates();
  expect(driven.store.getState().update.step).toBe('available');
});
