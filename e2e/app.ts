import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  test as base,
  type ElectronApplication,
  _electron as electronDriver,
  expect,
  type Locator,
  type Page,
} from '@playwright/test';
import type { EngineFrame } from '../electron/ipc/frames.js';
import { isRunning, RunningProcesses } from './processes.js';
import type { SmallDisk } from './small-disk.js';
import { A_COLOR, COLORS_QUESTION } from './texts.js';

export const PROJECT = join(import.meta.dirname, '..');
/** An app built by `npm run dist -- --inspectable`, to test that instead of what is in out/. */
const PACKAGED = process.env.PYRAMID_EXECUTABLE;
const DEFAULT_MODEL_NAME = 'SmolLM2 135M Instruct';
/** Tokens that fit the default model's context. */
export const DEFAULT_CONTEXT = 8192;

const EXIT_MS = 10_000;

interface LaunchOptions {
  /** After the app's own: --model FILE and the like. */
  args?: string[];
  /** An empty folder for converted models instead of the one that tests share: the model is then imported anew. */
  importsAnew?: boolean;
  /** Default: the model is loaded and answers are the likeliest ones (temperature 0). */
  waitsForModel?: boolean;
  size?: { width: number; height: number };
  /** Holds the chats; the app is started where it can be seen. */
  disk?: SmallDisk;
  /** Of an app that has ended: this one finds what that one kept. */
  userData?: string;
}

/** A model's work may take long where other programs want the processor, too. */
const WORK = { timeout: 30_000 };

/** Characters of an answer that tell that the engine works, whatever it says. */
const A_FEW_WORDS = 15;

/** Outside of Electron, its package is the path of it. */
async function fromSource(): Promise<string> {
  return (await import('electron')).default as unknown as string;
}

/** The app in its real window, as a test drives it. */
export class App {
  /** What the test brings about on purpose: console messages and log lines that match are no failure. */
  readonly expectedProblems: RegExp[] = [];
  readonly input: Locator;
  readonly answers: Locator;
  readonly sendButton: Locator;
  readonly stopButton: Locator;
  readonly modelPicker: Locator;
  readonly notices: Locator;
  readonly compression: Locator;
  private readonly main: ChildProcess;

  private constructor(
    readonly electron: ElectronApplication,
    readonly page: Page,
    readonly userData: string,
  ) {
    this.main = electron.process();
    this.input = page.getByRole('textbox', { name: 'Message' });
    this.answers = page.getByRole('article', { name: 'Answer' });
    this.sendButton = page.getByRole('button', { name: 'Send (Enter)' });
    this.stopButton = page.getByRole('button', { name: 'Stop (Esc)' });
    this.modelPicker = page.getByRole('button', { name: /^Model:/ });
    this.notices = page.locator('.notices');
    this.compression = page.getByRole('combobox', { name: /^Compression/ });
  }

  static async launch(modelCache: string, options: LaunchOptions): Promise<App> {
    const userData = options.userData ?? (await mkdtemp(join(tmpdir(), 'pyramid-e2e-')));
    if (!options.importsAnew && !options.userData) await symlink(modelCache, join(userData, 'models'), 'junction');
    if (options.disk && !options.userData) await symlink(options.disk.inside, join(userData, 'chats'));
    const executablePath = options.disk ? await options.disk.starter(PACKAGED ?? (await fromSource())) : PACKAGED;
    const launched = await electronDriver.launch({
      ...(executablePath && { executablePath }),
      args: [...(PACKAGED ? [] : [PROJECT]), '--user-data-dir', userData, ...(options.args ?? [])],
      cwd: PROJECT,
      chromiumSandbox: !process.env.ELECTRON_DISABLE_SANDBOX,
      // What the app sets is to be seen, not what the driver would put over it.
      colorScheme: null,
    });
    return new App(launched, await launched.firstWindow(), userData);
  }

  get hasEnded(): boolean {
    return this.main.exitCode !== null || this.main.signalCode !== null;
  }

  get log(): string {
    const file = join(this.userData, 'logs', 'main.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  async modelIsLoaded(name = DEFAULT_MODEL_NAME): Promise<void> {
    await expect(this.modelPicker).toHaveText(new RegExp(`${name}.*Loaded · [\\d,.]+ MB`), WORK);
  }

  async resize(size: { width: number; height: number }): Promise<void> {
    await this.electron.evaluate(
      ({ BrowserWindow }, { width, height }) => BrowserWindow.getAllWindows()[0]?.setContentSize(width, height),
      size,
    );
    await expect.poll(() => this.page.evaluate(() => ({ width: innerWidth, height: innerHeight }))).toEqual(size);
  }

  /** By the settings, which are closed again. */
  async setTemperature(temperature: number): Promise<void> {
    await this.page.getByRole('button', { name: /^Settings/ }).click();
    await this.page.getByRole('slider', { name: 'Temperature' }).fill(String(temperature));
    await this.page.getByRole('tab', { name: 'Memory' }).click();
  }

  /** By the memory panel. */
  async chooseCompression(title: string): Promise<void> {
    await this.compression.click();
    await this.page.getByRole('option', { name: title }).click();
    await expect(this.compression).toHaveAccessibleName(new RegExp(`^Compression: ${title}`));
  }

  async setTheme(theme: 'light' | 'dark'): Promise<void> {
    await this.page.evaluate((name) => window.pyramid.setTheme({ theme: name }), theme);
    await expect
      .poll(() => this.page.evaluate(() => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')))
      .toBe(theme);
  }

  /** Sends a message by Enter and goes on at once. */
  async send(text: string): Promise<void> {
    await this.input.fill(text);
    await this.input.press('Enter');
  }

  /** Pastes into the message box by the clipboard, as a user does. */
  async paste(text: string): Promise<void> {
    await this.electron.evaluate(({ clipboard }, copied) => clipboard.writeText(copied), text);
    await this.input.focus();
    await this.page.keyboard.press('ControlOrMeta+V');
  }

  /** Waits until nothing is being answered, and returns the last answer's text. */
  async answerEnds(): Promise<string> {
    await expect(this.sendButton).toBeVisible(WORK);
    return await this.lastText();
  }

  async ask(text: string): Promise<string> {
    await this.send(text);
    return await this.answerEnds();
  }

  /** Waits for an answer's first words and stops it: how long one about a long text becomes, nobody knows. */
  async stopAfterAFewWords(): Promise<void> {
    await this.answerGrowsTo(A_FEW_WORDS);
    await this.page.keyboard.press('Escape');
    await this.answerEnds();
  }

  /**
   * Asks something of which any answer tells that the engine works. It need not end: what it comes to depends on what
   * was said before, and how much that was on when a test cut it short.
   */
  async stillAnswers(): Promise<void> {
    const before = await this.answers.count();
    await this.send(COLORS_QUESTION);
    await expect(this.answers).toHaveCount(before + 1);
    await this.answerGrowsTo(A_FEW_WORDS);
  }

  /** Waits until the last answer says what was asked for. */
  async namesColor(): Promise<void> {
    await expect.poll(() => this.lastText(), WORK).toMatch(A_COLOR);
  }

  /** The last answer's own words, without what stands under it. */
  async lastText(): Promise<string> {
    const words = this.answers.last().locator('.md');
    return (await words.count()) === 0 ? '' : ((await words.textContent()) ?? '');
  }

  /** Waits until the last answer shows at least so many characters. */
  async answerGrowsTo(characters: number): Promise<void> {
    await expect.poll(async () => (await this.lastText()).length, WORK).toBeGreaterThanOrEqual(characters);
  }

  /** From now on the frames that the engine sends to the window are kept; also those of an engine that is restarted. */
  async recordFrames(): Promise<void> {
    await this.page.evaluate(async () => {
      const frames: unknown[] = [];
      Object.assign(window, { recordedFrames: frames });
      window.addEventListener('message', (event) => {
        if (event.data !== 'engine-port') return;
        event.ports[0]?.addEventListener('message', (message) => frames.push(message.data));
      });
      // The port at hand belongs to the page's own code; a new one is seen by both.
      await window.pyramid.connectEngine();
    });
    await expect.poll(async () => (await this.frames()).length).toBeGreaterThan(0);
  }

  async frames(): Promise<EngineFrame[]> {
    return await this.page.evaluate(() => Reflect.get(window, 'recordedFrames') as EngineFrame[]);
  }

  /** The frames of one kind that were recorded. */
  async framesOf<T extends EngineFrame['type']>(type: T): Promise<Extract<EngineFrame, { type: T }>[]> {
    const frames = await this.frames();
    return frames.filter((frame): frame is Extract<EngineFrame, { type: T }> => frame.type === type);
  }

  /** What the engine reported when each of the recorded answers ended. */
  async ends() {
    return (await this.framesOf('end')).map(({ end }) => end);
  }

  /** Lets the next file dialogs answer with these paths, one each. */
  async chooseInDialogs(...paths: string[]): Promise<void> {
    await this.electron.evaluate(({ dialog }, chosen) => {
      const left = [...chosen];
      dialog.showOpenDialog = async () => {
        const path = left.shift();
        return { canceled: path === undefined, filePaths: path === undefined ? [] : [path] };
      };
    }, paths);
  }

  /** As `chooseInDialogs`, of the dialogs that ask where to save. */
  async saveInDialogs(...paths: string[]): Promise<void> {
    await this.electron.evaluate(({ dialog }, chosen) => {
      const left = [...chosen];
      dialog.showSaveDialog = async () => {
        const filePath = left.shift() ?? '';
        return { canceled: filePath === '', filePath };
      };
    }, paths);
  }

  /** By the native menu. */
  async chooseInMenu(label: string): Promise<void> {
    await this.electron.evaluate(({ Menu, BrowserWindow }, wanted) => {
      const items = (Menu.getApplicationMenu()?.items ?? []).flatMap(({ submenu }) => submenu?.items ?? []);
      items.find((item) => item.label === wanted)?.click(undefined, BrowserWindow.getAllWindows()[0]);
    }, label);
  }

  async openModelFile(path: string): Promise<void> {
    await this.chooseInDialogs(path);
    await this.modelPicker.click();
    await this.page.getByRole('dialog', { name: 'Model' }).getByText('Open a GGUF file…').click();
  }

  async enginePid(): Promise<number | null> {
    return await this.electron.evaluate(({ app }) => {
      const engine = app.getAppMetrics().find(({ serviceName, name }) => `${serviceName} ${name}`.includes('engine'));
      return engine?.pid ?? null;
    });
  }

  /** Kills the engine process as the system would, and returns when it is gone. */
  async killEngine(): Promise<void> {
    await expect.poll(() => this.enginePid()).not.toBeNull();
    const pid = await this.enginePid();
    if (pid === null) throw new Error('There is no engine process.');
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isRunning(pid)).toBe(false);
  }

  /** Starts the app a second time, on the same folder. Its exit code. */
  async startAgain(): Promise<number> {
    const args = [...this.main.spawnargs.slice(1)].filter(
      (argument) => !/^--(inspect|remote-debugging)/.test(argument),
    );
    const second = spawn(this.main.spawnfile, args, { cwd: PROJECT, stdio: 'ignore' });
    const [code] = await once(second, 'exit');
    return code;
  }

  /** Kills every process of the app at once, as a loss of power would. */
  async killAll(): Promise<void> {
    const processes = await this.processes();
    const closed = this.electron.waitForEvent('close', { timeout: EXIT_MS });
    processes.kill();
    await processes.gone(EXIT_MS);
    await closed;
  }

  async processes(): Promise<RunningProcesses> {
    const helpers = await this.electron.evaluate(({ app }) => app.getAppMetrics().map(({ pid }) => pid));
    return new RunningProcesses([this.main.pid ?? -1, ...helpers]);
  }

  /** Quits the app as its menu does. Returns how long it took until no process was left, milliseconds. */
  async quit(): Promise<number> {
    return await this.endBy(() => this.electron.evaluate(({ app }) => app.quit()));
  }

  /** As `quit`, by something else that ends the app. */
  async endBy(end: () => Promise<void>): Promise<number> {
    const processes = await this.processes();
    const closed = this.electron.waitForEvent('close', { timeout: EXIT_MS });
    const start = performance.now();
    // The answer to this call may be lost, as the process ends.
    void end().catch(() => undefined);
    await processes.gone(EXIT_MS);
    const took = performance.now() - start;
    await closed;
    return took;
  }

  /** Everything that went wrong unasked: errors of the page, of its console and of the log. */
  async problems(): Promise<string[]> {
    const errors = await this.page.pageErrors();
    const messages = await this.page.consoleMessages();
    const inConsole = messages.filter((message) => message.type() === 'error' || message.type() === 'warning');
    return [
      ...errors.map((error) => `page: ${error.stack ?? error.message}`),
      ...inConsole.map((message) => `console: ${message.text()}`),
      ...this.log.split('\n').filter((line) => line.includes('[error]')),
    ].filter((problem) => !this.expectedProblems.some((pattern) => pattern.test(problem)));
  }

  async dispose(): Promise<void> {
    try {
      if (this.hasEnded) return;
      expect(await this.problems()).toEqual([]);
      await this.quit();
    } finally {
      if (!this.hasEnded) await this.electron.close();
      await rm(this.userData, { recursive: true, force: true, maxRetries: 3 });
    }
  }
}

interface TestFixtures {
  launch: (options?: LaunchOptions) => Promise<App>;
  /** The app with its default model loaded, at temperature 0. */
  app: App;
}

export const test = base.extend<TestFixtures, { modelCache: string }>({
  modelCache: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'pyramid-e2e-models-'));
      await mkdir(folder, { recursive: true });
      await use(folder);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
    { scope: 'worker' },
  ],
  launch: async ({ modelCache }, use, testInfo) => {
    const apps: App[] = [];
    await use(async (options = {}) => {
      const app = await App.launch(modelCache, options);
      apps.push(app);
      await app.resize(options.size ?? { width: 1280, height: 800 });
      if (options.waitsForModel ?? true) {
        await app.modelIsLoaded();
        await app.setTemperature(0);
      }
      return app;
    });
    const failed = testInfo.status !== testInfo.expectedStatus;
    // The last one first: an earlier one may have handed its folder on.
    for (const app of apps.toReversed()) {
      if (failed && !app.hasEnded) await keepEvidence(app, testInfo);
      await app.dispose();
    }
  },
  app: async ({ launch }, use) => {
    await use(await launch());
  },
});

type TestInfo = ReturnType<typeof test.info>;

/** For whoever looks for the cause of a failure. */
async function keepEvidence(app: App, testInfo: TestInfo): Promise<void> {
  await testInfo.attach('main.log', { body: app.log, contentType: 'text/plain' });
  const screenshot = await app.page.screenshot({ timeout: 5000 }).catch(() => null);
  if (screenshot) await testInfo.attach('window', { body: screenshot, contentType: 'image/png' });
}

export { expect };
