import { app, dialog, ipcMain, nativeTheme, protocol } from 'electron';
import { type LanguageChoice, languageFor } from '../../locales/languages.js';
import { onLanguageChange, setLanguage, t } from '../../locales/words.js';
import { APP_SCHEME, isOwnPage, serve } from './app-protocol.js';
import { changeSettings } from './change-settings.js';
import { type AppParts, createApp } from './create-app.js';
import { createHandlers } from './handlers.js';
import { readLaunchOptions } from './launch-options.js';
import { log } from './log.js';
import { setNativeMenu } from './native-menu.js';
import { placesOf } from './places.js';
import { type Instance, introduced, introduction, whyNotStarted } from './second-instance.js';
import { startupProblem } from './startup-problem.js';
import { registerHandlers } from './validated-ipc.js';
import { confineSession } from './window.js';

const launch = readLaunchOptions(process.argv.slice(1), process.env, process.cwd());
if (launch.userDataFolder) app.setPath('userData', launch.userDataFolder);
protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);
const places = placesOf({
  isPackaged: app.isPackaged,
  appFolder: app.getAppPath(),
  resourcesFolder: process.resourcesPath,
  userData: app.getPath('userData'),
});
const problem = startupProblem(places.userData);
const myself: Instance = { version: app.getVersion(), modelPath: launch.modelPath };
// Nothing of the user's is opened before the lock is had: the app that has it may be writing there.
if (problem !== null) refuseToStart(problem);
else if (app.requestSingleInstanceLock(introduction(myself))) run(createApp(launch, places));
else app.exit(0);

/** Without the lock: where nothing can be written, it cannot be had either. */
function refuseToStart(reason: () => string): void {
  process.stderr.write(`${t('main.start.cannot')}. ${reason()}\n`);
  void app
    .whenReady()
    .then(() => {
      // What was chosen cannot be read, either.
      speak('system');
      return dialog.showMessageBox({ type: 'error', message: t('main.start.cannot'), detail: reason() });
    })
    .finally(() => app.exit(1));
}

/** Which event of the system leads where. */
function run(parts: AppParts): void {
  const { engine, show } = parts;
  let fileToOpen: string | null = null;
  app.on('second-instance', (_event, argv, cwd, other) => {
    const instance = introduced(other) ?? { ...myself, ...readLaunchOptions(argv.slice(1), {}, cwd) };
    void app.whenReady().then(() => meet(instance, parts));
  });
  // How macOS says which file is to be opened, also before the app is ready.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    if (app.isReady()) engine.loadModel(path);
    else fileToOpen = path;
  });
  app.on('activate', () => show());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', (event) => quitOthersFirst(event, parts));
  void app.whenReady().then(() => start(parts, fileToOpen));
}

/** A second start ends at once; what it was to do is done here. */
function meet(other: Instance, { engine, window, show }: AppParts): void {
  show();
  if (other.modelPath !== null) engine.loadModel(other.modelPath);
  const words = whyNotStarted(myself.version, other.version);
  if (!words || !window.current) return;
  log.warn(`Version ${other.version} was not started, as this one runs already.`);
  void dialog.showMessageBox(window.current, { type: 'info', ...words });
}

function start(parts: AppParts, fileToOpen: string | null): void {
  const { engine, models, settings, window, background } = parts;
  const { electron } = process.versions;
  log.info(`Pyramid Chat ${myself.version}, Electron ${electron}, ${process.platform} ${process.arch}`);
  nativeTheme.themeSource = settings().theme;
  protocol.handle(APP_SCHEME, (request) => serve(request.url, places.page));
  confineSession();
  speak(settings().language);
  setNativeMenu({ ...parts, send: parts.sendCommand });
  onLanguageChange(() => {
    setNativeMenu({ ...parts, send: parts.sendCommand });
    background.tray.nameAnew();
  });
  answerCalls(parts);
  window.show();
  background.start();
  engine.start();
  engine.loadModel(launch.modelPath ?? fileToOpen ?? models.library.startPath);
}

/** Before the app is ready nobody knows which language the system has. */
function speak(choice: LanguageChoice): void {
  setLanguage(languageFor(choice, app.getLocale()));
}

function answerCalls(parts: AppParts): void {
  registerHandlers({
    receiver: ipcMain,
    isTrusted: ({ senderFrame }) => isOwnPage(senderFrame),
    handlers: createHandlers({
      ...parts,
      defaultModel: places.defaultModel,
      dataFolder: places.userData,
      changeSettings: (change) => changeSettings(change, { ...parts, speak }),
      onLog: (thrown) => log.warn('Memories of deleted chats could not be removed.', thrown),
      quickKeyTaken: () => parts.background.quickKeyTaken,
    }),
    onError: (name, error) => log.warn(`${name}: ${error.code}: ${error.message}`),
  });
}

/** The engine gets a moment to end before the app does, and what is to be kept is; `will-quit` cannot wait by itself. */
function quitOthersFirst(event: Electron.Event, { engine, models, chats }: AppParts): void {
  event.preventDefault();
  void Promise.allSettled([engine.quit(), models.stopAll(), chats.close()]).finally(() => app.exit(0));
}
