import { app, type BrowserWindow, dialog, globalShortcut } from 'electron';
import { t } from '../../locales/words.js';
import { QuickKey } from './quick-key.js';
import type { QuickWindow } from './quick-window.js';
import type { Settings } from './settings.js';
import { TrayIcon } from './tray-icon.js';

interface BackgroundOptions {
  icon: string;
  settings: () => Readonly<Settings>;
  saveSettings: (change: Partial<Settings>) => void;
  showWindow: () => void;
  quick: QuickWindow;
  /** In the window, which is shown. */
  newChat: () => void;
  onLog: (message: string) => void;
}

/**
 * The app without its window in sight: an icon in the tray and a key from anywhere, both off until they are wished for.
 * Both lead to the one window, which the key makes a small one.
 */
export class Background {
  readonly #options: BackgroundOptions;
  readonly tray: TrayIcon;
  readonly quickKey: QuickKey;
  #isQuitting = false;

  constructor(options: BackgroundOptions) {
    this.#options = options;
    const { icon, showWindow: show, quick, newChat } = options;
    this.tray = new TrayIcon({ icon, show, openQuick: () => quick.open(), newChat, quit: () => app.quit() });
    this.quickKey = new QuickKey({
      globalKeys: globalShortcut,
      isMac: process.platform === 'darwin',
      onPress: () => quick.toggle(),
    });
  }

  /** The key of the settings could not be had at start, and none has been chosen since. */
  get quickKeyTaken(): boolean {
    return this.quickKey.keys !== this.#options.settings().quickKey;
  }

  /** Once the app is ready. */
  start(): void {
    const { settings, onLog } = this.#options;
    app.on('before-quit', () => {
      this.#isQuitting = true;
    });
    app.on('will-quit', () => {
      globalShortcut.unregisterAll();
      this.tray.remove();
    });
    this.tray.set(settings().trayIcon);
    try {
      this.quickKey.set(settings().quickKey);
    } catch (thrown) {
      onLog(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  /**
   * With the icon in the tray, closing the window hides it, and the first time that is said. Closing the small one only
   * puts it away.
   */
  keepRunning(window: BrowserWindow): void {
    const { quick } = this.#options;
    window.on('close', (event) => {
      if (this.#isQuitting || !(quick.isOn || this.tray.isShown)) return;
      event.preventDefault();
      if (quick.isOn) quick.putAway();
      else void this.#hide(window);
    });
  }

  async #hide(window: BrowserWindow): Promise<void> {
    const { settings, saveSettings } = this.#options;
    if (!settings().toldOfTray) {
      const { response } = await dialog.showMessageBox(window, {
        type: 'info',
        message: t('main.tray.keepsRunning'),
        detail: t('main.tray.about'),
        buttons: [t('main.ok'), t('main.tray.quitInstead')],
        defaultId: 0,
        cancelId: 0,
        noLink: true,
      });
      saveSettings({ toldOfTray: true });
      if (response === 1) {
        app.quit();
        return;
      }
    }
    window.hide();
  }
}
