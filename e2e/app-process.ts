import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElectronApplication, _electron as electronDriver, expect } from '@playwright/test';
import type { SmallDisk } from '../engine/testing/small-disk.js';
import { isRunning, RunningProcesses } from './processes.js';

export const PROJECT = join(import.meta.dirname, '..');
/** An app built by `npm run dist -- --inspectable`, to test that instead of what is in out/. */
const PACKAGED = process.env.PYRAMID_EXECUTABLE;

const EXIT_MS = 10_000;

export interface StartOptions {
  /** After the app's own: --model FILE and the like. */
  args?: string[];
  /** Beside what the tests have. */
  env?: Readonly<Record<string, string>>;
  /** Holds the chats; the app is started where it can be seen. */
  disk?: SmallDisk;
}

export async function launchElectron(
  userData: string,
  { args, env, disk }: StartOptions,
): Promise<ElectronApplication> {
  const executablePath = disk ? await disk.starter(PACKAGED ?? (await fromSource())) : PACKAGED;
  return await electronDriver.launch({
    ...(executablePath && { executablePath }),
    args: [...(PACKAGED ? [] : [PROJECT]), '--user-data-dir', userData, ...(args ?? [])],
    cwd: PROJECT,
    ...(env && { env: { ...(process.env as Record<string, string>), ...env } }),
    chromiumSandbox: !process.env.ELECTRON_DISABLE_SANDBOX,
    // What the app sets is to be seen, not what the driver would put over it.
    colorScheme: null,
  });
}

/** Outside of Electron, its package is the path of it. */
async function fromSource(): Promise<string> {
  return (await import('electron')).default as unknown as string;
}

/** The app as the system has it: its processes, its menus and dialogs, its log. */
export class AppProcess {
  private readonly main: ChildProcess;

  constructor(
    readonly electron: ElectronApplication,
    readonly userData: string,
  ) {
    this.main = electron.process();
  }

  get hasEnded(): boolean {
    return this.main.exitCode !== null || this.main.signalCode !== null;
  }

  get log(): string {
    const file = join(this.userData, 'logs', 'main.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
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
}
