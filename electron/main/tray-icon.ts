import { Menu, nativeImage, Tray } from 'electron';
import { t } from '../../locales/words.js';

interface TrayOptions {
  icon: string;
  show: () => void;
  openQuick: () => void;
  newChat: () => void;
  quit: () => void;
}

/** Points; the image holds twice as many pixels where the screen has them. */
const SIZE = { darwin: 18, win32: 16 } as Readonly<Record<string, number>>;

/** The app's icon among those of the system, while it is wished for. */
export class TrayIcon {
  readonly #options: TrayOptions;
  #tray: Tray | null = null;

  constructor(options: TrayOptions) {
    this.#options = options;
  }

  get isShown(): boolean {
    return this.#tray !== null;
  }

  set(isWished: boolean): void {
    if (isWished && !this.#tray) this.#tray = this.#create();
    else if (!isWished) this.remove();
  }

  /** In another language. */
  nameAnew(): void {
    this.#tray?.setContextMenu(this.#menu());
  }

  /** Before the app ends: some systems keep the picture until the pointer comes by. */
  remove(): void {
    this.#tray?.destroy();
    this.#tray = null;
  }

  #create(): Tray {
    const { icon, show } = this.#options;
    const side = SIZE[process.platform] ?? 22;
    const tray = new Tray(nativeImage.createFromPath(icon).resize({ width: side, height: side, quality: 'best' }));
    tray.setToolTip('Pyramid Chat');
    tray.setContextMenu(this.#menu());
    // Elsewhere a click opens the menu.
    if (process.platform === 'win32') tray.on('click', show);
    return tray;
  }

  #menu(): Menu {
    const { show, openQuick, newChat, quit } = this.#options;
    return Menu.buildFromTemplate([
      { label: t('main.tray.show'), click: show },
      { label: t('main.tray.quick'), click: openQuick },
      { label: t('shell.shortcuts.newChat'), click: newChat },
      { type: 'separator' },
      { label: t('shell.shortcuts.quit'), click: quit },
    ]);
  }
}
