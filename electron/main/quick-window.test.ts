import { beforeEach, expect, test } from 'vitest';
import type { WindowMode } from '../ipc/window-mode.js';
import { QuickWindow, type ShrinkableWindow } from './quick-window.js';
import type { Area } from './window-state.js';

/** A window as the system would have it, where nobody else asks for the focus. */
class PlainWindow implements ShrinkableWindow {
  bounds: Area = { x: 10, y: 20, width: 1280, height: 800 };
  minimum: number[] = [720, 560];
  isShown = true;
  hasFocus = true;
  isIcon = false;
  isMax = false;
  isFull = false;
  isTop = false;
  hasMenu = true;
  hasDialog = false;
  #leftFullScreen: () => void = () => undefined;

  isVisible = () => this.isShown;
  isFocused = () => this.hasFocus;
  isEnabled = () => !this.hasDialog;
  isMinimized = () => this.isIcon;
  isMaximized = () => this.isMax;
  isFullScreen = () => this.isFull;
  getNormalBounds = () => this.bounds;
  setBounds = (bounds: Area) => {
    if (!this.isFull) this.bounds = bounds;
  };
  setMinimumSize = (...size: number[]) => {
    this.minimum = size;
  };
  setAlwaysOnTop = (flag: boolean) => {
    this.isTop = flag;
  };
  setMenuBarVisibility = (visible: boolean) => {
    this.hasMenu = visible;
  };
  setFullScreen = (flag: boolean) => {
    if (flag) this.isFull = true;
  };
  maximize = () => {
    this.isMax = true;
    this.isShown = true;
  };
  unmaximize = () => {
    this.isMax = false;
  };
  minimize = () => {
    this.isIcon = true;
    this.hasFocus = false;
  };
  restore = () => {
    this.isIcon = false;
  };
  show = () => {
    this.isShown = true;
  };
  hide = () => {
    this.isShown = false;
    this.hasFocus = false;
  };
  focus = () => {
    this.hasFocus = true;
  };
  once = (_event: 'leave-full-screen', listener: () => void) => {
    this.#leftFullScreen = listener;
  };

  /** The system has ended its animation. */
  fullScreenEnds(): void {
    this.isFull = false;
    this.#leftFullScreen();
  }
}

const SMALL = { x: 640, y: 220, width: 640, height: 420 };
let window: PlainWindow;
let told: WindowMode[];
let quick: QuickWindow;

beforeEach(() => {
  window = new PlainWindow();
  told = [];
  quick = new QuickWindow({
    window: () => window,
    workArea: () => ({ x: 0, y: 0, width: 1920, height: 1080 }),
    tell: (mode) => told.push(mode),
  });
});

function expectWhole(): void {
  expect(quick.isOn).toBe(false);
  expect(window).toMatchObject({
    bounds: { x: 10, y: 20, width: 1280, height: 800 },
    minimum: [720, 560],
    isTop: false,
    hasMenu: true,
  });
}

test('from the window itself the key makes it small, and the key again brings it back as it was', () => {
  quick.toggle();
  expect(quick.isOn).toBe(true);
  expect(window).toMatchObject({ bounds: SMALL, minimum: [480, 320], isTop: true, hasMenu: false, hasFocus: true });
  quick.toggle();
  expectWhole();
  expect(window).toMatchObject({ isShown: true, isIcon: false, hasFocus: true });
  expect(told).toEqual(['quick', 'away']);
});

test('from the tray it comes, and goes back there', () => {
  window.hide();
  quick.toggle();
  expect(window).toMatchObject({ bounds: SMALL, isShown: true, hasFocus: true });
  quick.putAway();
  expectWhole();
  expect(window.isShown).toBe(false);
});

test('a maximized one goes back to the tray, too, and is maximized when it is shown again', () => {
  window.isMax = true;
  window.hide();
  quick.toggle();
  quick.putAway();
  expect(window).toMatchObject({ isShown: false, isMax: true });
});

test('from behind another program, or minimized, it goes out of that program’s way', () => {
  for (const before of [() => undefined, window.minimize]) {
    before();
    window.hasFocus = false;
    quick.toggle();
    expect(window).toMatchObject({ bounds: SMALL, isIcon: false, hasFocus: true });
    quick.putAway();
    expectWhole();
    expect(window).toMatchObject({ isShown: true, isIcon: true });
    window.restore();
  }
});

test('it never takes the focus back from the program that has it now', () => {
  quick.toggle();
  window.hasFocus = false;
  quick.putAway();
  expectWhole();
  expect(window).toMatchObject({ isIcon: true, hasFocus: false });
});

test('out of use but in sight, the key brings it to the front; so does the tray, which never puts it away', () => {
  quick.toggle();
  window.hasFocus = false;
  quick.toggle();
  expect(quick.isOn).toBe(true);
  expect(window.hasFocus).toBe(true);
  quick.open();
  expect(quick.isOn).toBe(true);
  expect(told).toEqual(['quick']);
});

test('a dialog that is open over it keeps it', () => {
  quick.open();
  window.hasDialog = true;
  quick.putAway();
  expect(quick.isOn).toBe(true);
  window.hasDialog = false;
  quick.putAway();
  expectWhole();
});

test('it becomes the whole window where that was, in front, also from the tray', () => {
  window.hide();
  quick.toggle();
  quick.becomeWhole();
  expectWhole();
  expect(window).toMatchObject({ isShown: true, hasFocus: true });
  expect(told).toEqual(['quick', 'whole']);
  quick.becomeWhole();
  quick.putAway();
  expect(told).toHaveLength(2);
});

test('maximized and full-screen windows are so again', () => {
  window.isMax = true;
  quick.toggle();
  expect(window).toMatchObject({ isMax: false, bounds: SMALL });
  quick.becomeWhole();
  expectWhole();
  expect(window.isMax).toBe(true);

  window.isMax = false;
  window.isFull = true;
  quick.toggle();
  expect(told.at(-1)).toBe('whole');
  window.fullScreenEnds();
  expect(window).toMatchObject({ bounds: SMALL, isTop: true });
  quick.becomeWhole();
  expectWhole();
  expect(window.isFull).toBe(true);
});
