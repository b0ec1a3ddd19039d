import { BrowserWindow } from 'electron';
import type { Settings } from './settings.js';
import { openWindow } from './window.js';

type MainWindowOptions = Omit<Parameters<typeof openWindow>[0], 'saved' | 'language'> & {
  settings: () => Readonly<Settings>;
  onOpen: (window: BrowserWindow) => void;
};

/** The one window, which can be closed and opened again while the app runs. */
export class MainWindow {
  readonly #options: MainWindowOptions;

  constructor(options: MainWindowOptions) {
    this.#options = options;
  }

  /** Null: it is closed. */
  get current(): BrowserWindow | null {
    return BrowserWindow.getAllWindows()[0] ?? null;
  }

  /** As it is, or opened where it was closed. */
  opened(): BrowserWindow {
    return this.current ?? this.#open();
  }

  show(): void {
    const window = this.opened();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** Nothing where it is closed. */
  send(channel: string, value: unknown): void {
    this.current?.webContents.send(channel, value);
  }

  #open(): BrowserWindow {
    const { settings, onOpen, ...options } = this.#options;
    const { window: saved, language } = settings();
    const window = openWindow({ ...options, saved, language });
    onOpen(window);
    return window;
  }
}
