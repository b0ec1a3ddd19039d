import { BrowserWindow, nativeTheme, screen, session } from 'electron';
import type { LanguageChoice } from '../../locales/languages.js';
import { callNamesArgument, languageArgument } from '../ipc/channels.js';
import { contract } from '../ipc/contract.js';
import { APP_SCHEME, APP_URL, isAppUrl } from './app-protocol.js';
import { type Crash, decideRestart } from './restart-policy.js';
import { MIN_HEIGHT, MIN_WIDTH, placeWindow, type WindowState } from './window-state.js';

interface WindowOptions {
  preload: string;
  icon: string;
  language: LanguageChoice;
  saved: WindowState | null;
  save: (state: WindowState) => void;
  onLog: (level: 'warn' | 'error', message: string) => void;
}

/** The page's own background (its `--bg`), so that nothing flashes before the page is painted. */
const BACKGROUND = { light: '#fdfdfe', dark: '#17171b' };
/** What the page may ask of the system: to put text on the clipboard, for its Copy buttons. */
const PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);
const SAVE_DELAY_MS = 400;
const NETWORK = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*'];

function background(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light;
}

/** Once, before the first window: the page gets no network, no file and nearly no permission. */
export function confineSession(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((contents, permission, answer) => {
    answer(PERMISSIONS.has(permission) && isAppUrl(contents.getURL()));
  });
  defaultSession.setPermissionCheckHandler((_contents, permission, origin) => {
    return PERMISSIONS.has(permission) && origin.startsWith(`${APP_SCHEME}:`);
  });
  defaultSession.on('will-download', (event) => event.preventDefault());
  defaultSession.webRequest.onBeforeRequest({ urls: NETWORK }, (_request, answer) => answer({ cancel: true }));
}

export function openWindow(options: WindowOptions): BrowserWindow {
  const [primary, ...others] = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map((each) => each.workArea);
  const window = new BrowserWindow({
    ...placeWindow(options.saved, [primary, ...others]),
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    show: false,
    icon: options.icon,
    backgroundColor: background(),
    webPreferences: {
      preload: options.preload,
      additionalArguments: [callNamesArgument(Object.keys(contract)), languageArgument(options.language)],
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      // Chromium would download its dictionaries, and nothing is downloaded without asking.
      spellcheck: false,
    },
  });
  if (options.saved?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  confineNavigation(window);
  followTheme(window);
  rememberPlace(window, options.save);
  recoverPage(window, options.onLog);
  void window.loadURL(APP_URL);
  return window;
}

function confineNavigation({ webContents }: BrowserWindow): void {
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  webContents.on('will-frame-navigate', (event) => {
    if (event.url !== APP_URL) event.preventDefault();
  });
  webContents.on('will-redirect', (event) => event.preventDefault());
  webContents.on('will-attach-webview', (event) => event.preventDefault());
}

function followTheme(window: BrowserWindow): void {
  const follow = (): void => window.setBackgroundColor(background());
  nativeTheme.on('updated', follow);
  window.once('closed', () => nativeTheme.off('updated', follow));
}

function rememberPlace(window: BrowserWindow, save: (state: WindowState) => void): void {
  let timer: NodeJS.Timeout | undefined;
  const saveNow = (): void => {
    clearTimeout(timer);
    save({ ...window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const saveSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(saveNow, SAVE_DELAY_MS);
  };
  window.on('resize', saveSoon);
  window.on('move', saveSoon);
  window.on('close', saveNow);
}

/** A page whose process died is loaded again, unless it dies each time. */
function recoverPage(window: BrowserWindow, onLog: WindowOptions['onLog']): void {
  const crashes: Crash[] = [];
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    onLog('error', `The page's process ended: ${reason}, exit code ${exitCode}.`);
    if (reason === 'clean-exit') return;
    crashes.push({ atMs: performance.now(), duringLoad: window.webContents.isLoading() });
    const decision = decideRestart(crashes);
    if (!decision.restart) return;
    setTimeout(() => {
      if (!window.isDestroyed()) window.webContents.reload();
    }, decision.delayMs);
  });
  window.webContents.on('did-fail-load', (_event, code, description, url) => {
    onLog('error', `${url} could not be loaded: ${description} (${code}).`);
    window.show();
  });
}
