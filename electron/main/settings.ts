import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type AppSettings, appSettings } from '../ipc/app-settings.js';
import { contract, precision } from '../ipc/contract.js';
import { compressionChoice } from '../ipc/shapes.js';
import { writeWholeFileNow } from './whole-file.js';
import { windowState } from './window-state.js';

const APP_DEFAULTS: AppSettings = {
  language: 'system',
  textSize: 'normal',
  threads: null,
  contextLength: null,
  tidying: 'idle',
  trayIcon: false,
  quickKey: null,
};
const DEFAULTS = {
  theme: 'system' as const,
  window: null,
  precision: 'default' as const,
  compression: { preset: 'faithful' as const },
  hub: null,
  toldOfTray: false,
  ...APP_DEFAULTS,
};
const { shape } = appSettings;
const settings = z
  .object({
    theme: contract.setTheme.input.shape.theme.catch(DEFAULTS.theme),
    window: windowState.nullable().catch(DEFAULTS.window),
    precision: precision.catch(DEFAULTS.precision),
    compression: compressionChoice.catch(DEFAULTS.compression),
    /** Where models are downloaded from, instead of the usual hub. */
    hub: z.string().nullable().catch(DEFAULTS.hub),
    language: shape.language.catch(DEFAULTS.language),
    textSize: shape.textSize.catch(DEFAULTS.textSize),
    threads: shape.threads.catch(DEFAULTS.threads),
    contextLength: shape.contextLength.catch(DEFAULTS.contextLength),
    tidying: shape.tidying.catch(DEFAULTS.tidying),
    trayIcon: shape.trayIcon.catch(DEFAULTS.trayIcon),
    quickKey: shape.quickKey.catch(DEFAULTS.quickKey),
    /** That closing the window does not end the app was said. */
    toldOfTray: z.boolean().catch(DEFAULTS.toldOfTray),
  })
  .catch(DEFAULTS);
export type Settings = z.infer<typeof settings>;

/**
 * The few things that main remembers between starts, in one small JSON file. What is missing or wrong in it becomes its
 * default: a damaged file must not keep the app from starting. A write replaces the file whole.
 */
export class SettingsFile {
  readonly #path: string;
  #current: Settings;

  constructor(path: string) {
    this.#path = path;
    this.#current = settings.parse(readJson(path));
  }

  get current(): Readonly<Settings> {
    return this.#current;
  }

  /** Throws what the file system throws where there is no folder for it. @throws FILE_UNWRITABLE */
  update(change: Partial<Settings>): void {
    this.#current = { ...this.#current, ...change };
    mkdirSync(dirname(this.#path), { recursive: true });
    writeWholeFileNow(this.#path, `${JSON.stringify(this.#current, null, 2)}\n`);
  }
}

/** Those of them that the settings tab shows. */
export function appSettingsOf(settings: Settings): AppSettings {
  const { language, textSize, threads, contextLength, tidying, trayIcon, quickKey } = settings;
  return { language, textSize, threads, contextLength, tidying, trayIcon, quickKey };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
