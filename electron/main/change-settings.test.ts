import { beforeEach, expect, test } from 'vitest';
import { EngineError } from '../../engine/errors.js';
import { changeSettings, threadsFor } from './change-settings.js';
import type { Settings } from './settings.js';

let settings: Settings;
let told: [string, unknown][];
const change = (wish: Parameters<typeof changeSettings>[0]) =>
  changeSettings(wish, {
    engine: {
      setThreads: (threads) => void told.push(['threads', threads]),
      setContextLength: (tokens) => void told.push(['context', tokens]),
    },
    background: {
      tray: { set: (isShown) => void told.push(['tray', isShown]) },
      quickKey: {
        set: (keys) => {
          if (keys === 'Mod+T') throw new EngineError('SHORTCUT_TAKEN', 'no');
          told.push(['key', keys]);
        },
      },
    },
    settings: () => settings,
    saveSettings: (changed) => {
      settings = { ...settings, ...changed };
    },
    tidying: { tell: () => void told.push(['tidying', settings.tidying]) },
    cores: 4,
    speak: (language) => void told.push(['language', language]),
  });

beforeEach(() => {
  told = [];
  settings = {
    ...{ theme: 'system', window: null, precision: 'default', compression: { preset: 'off' }, hub: null },
    ...{
      language: 'system',
      textSize: 'normal',
      threads: null,
      contextLength: null,
      tidying: 'idle',
      trayIcon: false,
      quickKey: null,
      toldOfTray: false,
    },
  };
});

test('a change is kept, and the engine hears of what concerns it', () => {
  expect(change({ textSize: 'large' })).toEqual({
    ...{ language: 'system', textSize: 'large', threads: null, contextLength: null },
    ...{ tidying: 'idle', trayIcon: false, quickKey: null },
  });
  expect(told).toEqual([]);
  expect(change({ contextLength: 2048, threads: 4 })).toMatchObject({ contextLength: 2048, threads: 4 });
  expect(told).toEqual([
    ['context', 2048],
    ['threads', 4],
  ]);
  expect(settings).toMatchObject({ textSize: 'large', contextLength: 2048, threads: 4 });
});

test('whether idle time is spent is told once it is kept', () => {
  change({ tidying: 'always' });
  expect(told).toEqual([['tidying', 'always']]);
});

test('menus and the like speak another language at once', () => {
  expect(change({ language: 'de' })).toMatchObject({ language: 'de' });
  expect(told).toEqual([['language', 'de']]);
});

test('the tray and the key from anywhere are set at once', () => {
  change({ trayIcon: true, quickKey: 'Alt+N' });
  expect(told).toEqual([
    ['key', 'Alt+N'],
    ['tray', true],
  ]);
});

test('a key that cannot be had changes nothing', () => {
  expect(() => change({ quickKey: 'Mod+T', trayIcon: true })).toThrow('no');
  expect(settings).toMatchObject({ quickKey: null, trayIcon: false });
  expect(told).toEqual([]);
});

test('what is as it was does not load the model again', () => {
  change({ contextLength: null, threads: null });
  expect(told).toEqual([]);
});

test('more threads than cores are refused, and nothing of the change is kept', () => {
  expect(() => change({ threads: 5, textSize: 'small' })).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID', message: expect.stringContaining('4 cores') }),
  );
  expect(settings).toMatchObject({ textSize: 'normal', threads: null });
});

test('threads kept on a larger computer are as many as this one has cores', () => {
  expect(threadsFor(16, 4)).toBe(4);
  expect(threadsFor(2, 4)).toBe(2);
  expect(threadsFor(null, 4)).toBeNull();
});
