import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placesOf } from './places.js';

const PROJECT = join(import.meta.dirname, '..', '..');
const USER_DATA = join(PROJECT, 'no such folder');

test('from source, what comes with the app is in the project', () => {
  const places = placesOf({
    isPackaged: false,
    appFolder: PROJECT,
    resourcesFolder: '/electron/resources',
    userData: USER_DATA,
  });
  expect([places.defaultModel, places.measuringText, places.icon].filter((path) => !existsSync(path))).toEqual([]);
});

test('installed, the model and the texts lie beside the code, and the icon in it', () => {
  const app = join('/opt', 'chat', 'resources', 'app.asar');
  const places = placesOf({
    isPackaged: true,
    appFolder: app,
    resourcesFolder: join('/opt', 'chat', 'resources'),
    userData: USER_DATA,
  });
  expect(places.defaultModel).toMatch(/[\\/]resources[\\/]models[\\/][^\\/]+$/);
  expect(places.measuringText).toMatch(/[\\/]resources[\\/]texts[\\/]/);
  expect(places.icon.startsWith(app)).toBe(true);
});

test('nothing of the user’s is kept outside the folder for it', () => {
  const { userData, settingsFile, chats, assistants, convertedModels, measured, memories } = placesOf({
    isPackaged: true,
    appFolder: '/app',
    resourcesFolder: '/resources',
    userData: USER_DATA,
  });
  for (const path of [settingsFile, chats, assistants, convertedModels, measured, memories])
    expect(path.startsWith(userData)).toBe(true);
});
