import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { SettingsFile } from './settings.js';

const compression = { preset: 'faithful' };
const DEFAULTS = {
  ...{ theme: 'system', window: null, precision: 'default', compression, hub: null },
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
const place = { x: 1, y: 2, width: 900, height: 700, maximized: false };
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
  path = join(folder, 'profile', 'settings.json');
});

test('what is set is there at the next start, and no half-written file is left', () => {
  const settings = new SettingsFile(path);
  expect(settings.current).toEqual(DEFAULTS);
  settings.update({ theme: 'dark' });
  settings.update({ window: place });
  settings.update({ compression: { budgetBytes: 20e6 } });
  const changed = { ...DEFAULTS, theme: 'dark', window: place, compression: { budgetBytes: 20e6 } };
  expect(settings.current).toEqual(changed);
  expect(new SettingsFile(path).current).toEqual(changed);
  expect(readdirSync(join(folder, 'profile'))).toEqual(['settings.json']);
});

test.each(['', '{"theme":', 'null', '[]', '"dark"', '\u0000'])('a damaged file (%j) gives the defaults', (text) => {
  const damaged = join(folder, 'settings.json');
  writeFileSync(damaged, text);
  expect(new SettingsFile(damaged).current).toEqual(DEFAULTS);
});

test('a wrong value costs that value only', () => {
  const partly = join(folder, 'settings.json');
  writeFileSync(partly, JSON.stringify({ theme: 'dark', window: { ...place, width: 'wide' } }));
  expect(new SettingsFile(partly).current).toEqual({ ...DEFAULTS, theme: 'dark' });
});

test.each([
  { preset: 'tiny' },
  { budgetBytes: 0 },
  { budgetBytes: 1.5 },
  { budgetBytes: '20 MB' },
  { preset: 'compact', budgetBytes: 1 },
  'compact',
])('a compression that is none (%j) becomes the default one', (wrong) => {
  const partly = join(folder, 'settings.json');
  writeFileSync(partly, JSON.stringify({ theme: 'dark', compression: wrong }));
  expect(new SettingsFile(partly).current).toEqual({ ...DEFAULTS, theme: 'dark' });
});

test.each([
  ['language', 'xx'],
  ['textSize', 'huge'],
  ['threads', 0],
  ['threads', 2.5],
  ['contextLength', 'long'],
  ['contextLength', -1],
  ['tidying', 'sometimes'],
  ['trayIcon', 'yes'],
  ['quickKey', 'Shift+N'],
  ['toldOfTray', 1],
])('%s cannot be %j: it becomes the default', (name, wrong) => {
  const partly = join(folder, 'settings.json');
  writeFileSync(partly, JSON.stringify({ theme: 'dark', [name]: wrong }));
  expect(new SettingsFile(partly).current).toEqual({ ...DEFAULTS, theme: 'dark' });
});

test('a file that cannot be written is said so, and what was there stays', () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, 'not a folder');
  expect(() => new SettingsFile(join(blocked, 'settings.json')).update({ theme: 'dark' })).toThrow();
  expect(readFileSync(blocked, 'utf8')).toBe('not a folder');
});

test('what was half written when that failed does not stay', () => {
  const blocked = join(folder, 'settings.json');
  mkdirSync(blocked);
  expect(() => new SettingsFile(blocked).update({ theme: 'dark' })).toThrow();
  expect(readdirSync(folder)).toEqual(['settings.json']);
});
