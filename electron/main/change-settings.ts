import { EngineError } from '../../engine/errors.js';
import type { LanguageChoice } from '../../locales/languages.js';
import type { AppSettings } from '../ipc/app-settings.js';
import type { Background } from './background.js';
import type { EngineHost } from './engine-host.js';
import { appSettingsOf, type Settings } from './settings.js';
import type { TidyingByPower } from './tidying.js';

interface Subjects {
  engine: Pick<EngineHost, 'setThreads' | 'setContextLength'>;
  background: { tray: Pick<Background['tray'], 'set'>; quickKey: Pick<Background['quickKey'], 'set'> };
  tidying: Pick<TidyingByPower, 'tell'>;
  settings: () => Readonly<Settings>;
  saveSettings: (change: Partial<Settings>) => void;
  cores: number;
  /** Words the native parts of the app anew. */
  speak: (language: LanguageChoice) => void;
}

/**
 * What was kept of the threads, on a computer that may have fewer cores than the one it was set on.
 */
export function threadsFor(threads: number | null, cores: number): number | null {
  return threads === null ? null : Math.min(threads, cores);
}

/**
 * Keeps a change and acts on it; nothing is changed where a part of it cannot be.
 * @throws EngineError REQUEST_INVALID for more threads than cores; SHORTCUT_TAKEN
 */
export function changeSettings(change: Partial<AppSettings>, subjects: Subjects): AppSettings {
  const { engine, background, tidying: byPower, settings, saveSettings, cores, speak } = subjects;
  const { language, threads, contextLength, tidying, trayIcon, quickKey } = change;
  if (threads && threads > cores) {
    throw new EngineError(
      'REQUEST_INVALID',
      `This computer has ${cores} cores: more threads than that would only get in each other’s way. Choose 1 to ${cores}.`,
      { field: 'threads', cores },
    );
  }
  if (quickKey !== undefined) background.quickKey.set(quickKey);
  const before = settings();
  saveSettings(change);
  if (language !== undefined) speak(language);
  if (tidying !== undefined) byPower.tell();
  if (trayIcon !== undefined) background.tray.set(trayIcon);
  if (contextLength !== undefined && contextLength !== before.contextLength) engine.setContextLength(contextLength);
  if (threads !== undefined && threads !== before.threads) engine.setThreads(threads);
  return appSettingsOf(settings());
}
