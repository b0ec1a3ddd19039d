import type { Rectangle } from 'electron';
import type { WindowMode } from '../ipc/window-mode.js';
import { type Area, MIN_HEIGHT, MIN_WIDTH, placeQuick, QUICK_MIN } from './window-state.js';

/** The part of Electron's BrowserWindow that is needed. */
export interface ShrinkableWindow {
  isVisible(): boolean;
  isFocused(): boolean;
  isEnabled(): boolean;
  isMinimized(): boolean;
  isMaximized(): boolean;
  isFullScreen(): boolean;
  getNormalBounds(): Rectangle;
  setBounds(bounds: Rectangle): void;
  setMinimumSize(width: number, height: number): void;
  setAlwaysOnTop(flag: boolean): void;
  setMenuBarVisibility(visible: boolean): void;
  setFullScreen(flag: boolean): void;
  maximize(): void;
  unmaximize(): void;
  minimize(): void;
  restore(): void;
  show(): void;
  hide(): void;
  focus(): void;
  once(event: 'leave-full-screen', listener: () => void): unknown;
}

interface QuickWindowOptions {
  /** The one window; opened if it is closed. */
  window: () => ShrinkableWindow;
  /** Of the screen on which the pointer is. */
  workArea: () => Area;
  tell: (mode: WindowMode) => void;
}

/** How the whole window was before it became small. */
interface Whole {
  bounds: Rectangle;
  isMaximized: boolean;
  isFullScreen: boolean;
  stood: 'inUse' | 'inSight' | 'outOfSight';
}

/**
 * The one window as a small one over all others, and back. Not a window of its own: there is one page with one store,
 * which alone writes chats and hears the engine; two would each have half of the truth about a chat.
 */
export class QuickWindow {
  readonly #options: QuickWindowOptions;
  #whole: Whole | null = null;

  constructor(options: QuickWindowOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#whole !== null;
  }

  /** By the key: the small window comes, or goes if it is being used. */
  toggle(): void {
    if (!this.isOn) this.#enter();
    else if (this.#options.window().isFocused()) this.putAway();
    else this.#show();
  }

  /** By the tray: what is there already only comes to the front. */
  open(): void {
    if (this.isOn) this.#show();
    else this.#enter();
  }

  /** The whole window comes in its place. */
  becomeWhole(): void {
    const whole = this.#leave();
    if (!whole) return;
    this.#makeWhole(whole);
    this.#show();
    this.#options.tell('whole');
  }

  /** Out of sight; where one came from the whole window, back to it. A dialog of its own keeps it. */
  putAway(): void {
    const window = this.#options.window();
    if (!window.isEnabled()) return;
    const whole = this.#leave();
    if (!whole) return;
    const goesBack = whole.stood === 'inUse' && window.isFocused();
    if (whole.stood === 'outOfSight') this.#hideWhole(whole);
    else this.#makeWhole(whole);
    if (goesBack) this.#show();
    // It cannot be put behind the program that is used now; in its place it would cover it.
    else if (whole.stood !== 'outOfSight') window.minimize();
    this.#options.tell('away');
  }

  #enter(): void {
    const window = this.#options.window();
    const isFullScreen = window.isFullScreen();
    const isInSight = window.isVisible() || window.isMinimized();
    this.#whole = {
      bounds: window.getNormalBounds(),
      isMaximized: window.isMaximized(),
      isFullScreen,
      stood: window.isFocused() ? 'inUse' : isInSight ? 'inSight' : 'outOfSight',
    };
    if (!isFullScreen) {
      this.#shrink();
      return;
    }
    // The system animates it, and takes no size meanwhile.
    window.once('leave-full-screen', () => this.isOn && this.#shrink());
    window.setFullScreen(false);
  }

  #shrink(): void {
    const window = this.#options.window();
    this.#options.tell('quick');
    if (window.isMinimized()) window.restore();
    if (window.isMaximized()) window.unmaximize();
    window.setMenuBarVisibility(false);
    window.setMinimumSize(QUICK_MIN.width, QUICK_MIN.height);
    window.setBounds(placeQuick(this.#options.workArea()));
    window.setAlwaysOnTop(true);
    this.#show();
  }

  #leave(): Whole | null {
    const whole = this.#whole;
    this.#whole = null;
    return whole;
  }

  #makeWhole({ bounds, isMaximized, isFullScreen }: Whole): void {
    const window = this.#options.window();
    window.setAlwaysOnTop(false);
    window.setMenuBarVisibility(true);
    window.setMinimumSize(MIN_WIDTH, MIN_HEIGHT);
    window.setBounds(bounds);
    if (isMaximized) window.maximize();
    if (isFullScreen) window.setFullScreen(true);
  }

  /** Before and after: to maximize a window that is hidden shows it. */
  #hideWhole(whole: Whole): void {
    const window = this.#options.window();
    window.hide();
    this.#makeWhole(whole);
    window.hide();
  }

  #show(): void {
    const window = this.#options.window();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }
}
