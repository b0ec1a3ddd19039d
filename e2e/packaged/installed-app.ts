import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, expect, type Locator, type Page } from '@playwright/test';
import { A_COLOR, COLORS_QUESTION } from '../texts.js';

const isRoot = process.getuid?.() === 0;
/** Exists everywhere, owns nothing. */
const NOBODY = 65534;
const START_MS = 30_000;
const EXIT_MS = 15_000;
const WORK = { timeout: 60_000 };

/** An ordinary user: root's tests play one, others are one. The home folder has what paths stumble over. */
export class OrdinaryUser {
  readonly home: string;
  readonly userData: string;
  private readonly folder = mkdtempSync(join(tmpdir(), 'pyramid-home-'));

  constructor() {
    this.home = join(this.folder, 'Zoë Müller 测试');
    this.userData = join(this.home, '.config', 'Pyramid Chat');
    mkdirSync(this.home);
    chmodSync(this.folder, 0o755);
    this.own(this.home);
  }

  own(path: string): void {
    if (isRoot) chownSync(path, NOBODY, NOBODY);
  }

  /** A program and its arguments, as this user runs them. */
  command(program: string, args: readonly string[]): [string, string[]] {
    if (!isRoot) return [program, [...args]];
    const ids = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    return ['setpriv', [...ids, program, ...args]];
  }

  get environment(): NodeJS.ProcessEnv {
    const { PATH, DISPLAY, LANG } = process.env;
    return { PATH, DISPLAY, LANG, HOME: this.home };
  }

  /** Runs a program to its end. */
  run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const [command, rest] = this.command(program, args);
    return spawnSync(command, rest, { encoding: 'utf8', env: { ...this.environment, ...env }, timeout: WORK.timeout });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Without an installation no program of root's stands in for user namespaces where there are none. */
export function sandboxArguments(user: OrdinaryUser): string[] {
  return user.run('unshare', ['--user', 'true']).status === 0 ? [] : ['--no-sandbox'];
}

/** What users install, started as they start it: no test's code is in it, so it is driven as Chromium is. */
export class InstalledApp {
  readonly modelPicker: Locator;

  private constructor(
    private readonly main: ChildProcess,
    private readonly browser: Browser,
    readonly page: Page,
    readonly user: OrdinaryUser,
  ) {
    this.modelPicker = page.getByRole('button', { name: /^Model:/ });
  }

  static async start(executable: string, user: OrdinaryUser, args: string[] = [], env = {}): Promise<InstalledApp> {
    const [command, rest] = user.command(executable, ['--remote-debugging-port=0', ...args]);
    const main = spawn(command, rest, { env: { ...user.environment, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
    const browser = await chromium.connectOverCDP(await debuggingAddress(main));
    const [context] = browser.contexts();
    const page = context.pages()[0] ?? (await context.waitForEvent('page'));
    return new InstalledApp(main, browser, page, user);
  }

  get log(): string {
    const file = join(this.user.userData, 'logs', 'main.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  async modelIsLoaded(name: string | RegExp): Promise<void> {
    await expect(this.modelPicker).toHaveText(name, WORK);
    await expect(this.modelPicker).toHaveText(/Loaded · [\d,.]+ MB/, WORK);
  }

  /** Asks something and reads the answer. */
  async answers(): Promise<void> {
    const input = this.page.getByRole('textbox', { name: 'Message' });
    await input.fill(COLORS_QUESTION);
    await input.press('Enter');
    const answer = this.page.getByRole('article', { name: 'Answer' }).last().locator('.md');
    await expect.poll(() => answer.textContent(), WORK).toMatch(A_COLOR);
    await this.page.keyboard.press('Escape');
    await expect(this.page.getByRole('button', { name: 'Send (Enter)' })).toBeVisible(WORK);
  }

  /** Opens the newest chat of an earlier start, and finds in it what was asked and answered. */
  async hasKeptChat(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Chat history' }).getByRole('button').first().click();
    await expect(this.page.getByRole('article', { name: 'You' }).first()).toContainText(COLORS_QUESTION);
    await expect(this.page.getByRole('article', { name: 'Answer' }).first()).toContainText(A_COLOR);
  }

  /** Of the processes that show pages: `/proc/PID/status`. */
  rendererStatus(): string[] {
    const commandLine = (pid: string) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    };
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => /--type=renderer/.test(commandLine(pid)) && commandLine(pid).includes(this.user.userData))
      .map((pid) => readFileSync(`/proc/${pid}/status`, 'utf8'));
  }

  /** Ends it as a system does that shuts down. */
  async quit(): Promise<number | null> {
    if (this.main.exitCode !== null) return this.main.exitCode;
    const exited = once(this.main, 'exit', { signal: AbortSignal.timeout(EXIT_MS) });
    await this.browser.close();
    this.main.kill('SIGTERM');
    const [code] = await exited;
    return code;
  }
}

/** Chromium tells it on stderr. */
function debuggingAddress({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`The app did not start within 30 s:\n${said}`)), START_MS);
    stderr?.on('data', (text: Buffer) => {
      said += text;
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[1]);
    });
    stderr?.on('end', () => reject(new Error(`The app ended at its start:\n${said}`)));
  });
}
