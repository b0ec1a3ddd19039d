import type { MessagePortMain } from 'electron';
import { EngineError } from '../../engine/errors.js';
import type { MeasuringOptions, Precision } from '../../engine/types.js';
import type { CompareCall, ConversationCall, EngineStatus, GenerateCall } from '../ipc/contract.js';
import { type EngineCommand, type EngineReport, engineReport } from '../ipc/engine-messages.js';
import { exitReason } from './exit-reason.js';
import { type Crash, decideRestart } from './restart-policy.js';

/** The part of Electron's UtilityProcess that is needed. */
export interface EngineChild {
  readonly pid: number | undefined;
  postMessage(message: EngineCommand, transfer?: MessagePortMain[]): void;
  kill(): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
}

interface EngineHostOptions {
  fork: () => EngineChild;
  /** The model that came with the app, and what it has to be. */
  bundledModel: { path: string; sha256: string };
  /** Where converted models are kept. */
  cacheFolder: string;
  measuring: MeasuringOptions;
  precision: Precision;
  onStatus: (status: EngineStatus) => void;
  onLog: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** An engine that was asked to quit gets this long to end its answer and release the model; then it is killed. */
const QUIT_GRACE_MS = 1000;
const TERMINATE_GRACE_MS = 300;

/**
 * Keeps one engine process alive: forks it, sees it end, forks it anew with the model that was loaded, and gives up
 * when that is of no use (restart-policy.ts) until a model is asked for again.
 */
export class EngineHost {
  readonly #options: EngineHostOptions;
  #child: EngineChild | null = null;
  #status: EngineStatus = { state: 'running' };
  #crashes: Crash[] = [];
  /** What is to be loaded again after a crash. */
  #modelPath: string | null = null;
  #precision: Precision;
  #loading = true;
  #openPort: () => MessagePortMain | null = () => null;
  #restartTimer: NodeJS.Timeout | undefined;
  #quitting: Promise<void> | null = null;

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#precision = options.precision;
  }

  get status(): EngineStatus {
    return this.#status;
  }

  get precision(): Precision {
    return this.#precision;
  }

  start(): void {
    this.#fork();
  }

  loadModel(path: string): void {
    this.#modelPath = path;
    this.#crashes = [];
    if (this.#child) this.#child.postMessage(this.#loadCommand(path));
    else this.#fork();
  }

  /** Loads the present model again, if there is one. */
  setPrecision(precision: Precision): void {
    this.#precision = precision;
    if (this.#modelPath !== null) this.loadModel(this.#modelPath);
  }

  ejectModel(): void {
    this.#modelPath = null;
    this.#child?.postMessage({ type: 'eject' });
  }

  /**
   * Throws ENGINE_CRASHED when no process is there. The request does not wait for the next one: the window counts it as
   * cut short as soon as it hears of the crash, and nobody would read or stop its answer.
   */
  generate(request: GenerateCall): void {
    this.#post({ type: 'generate', request });
  }

  /** Throws as `generate` does. */
  reread(request: ConversationCall): void {
    this.#post({ type: 'reread', request });
  }

  forecast(request: ConversationCall): void {
    this.#child?.postMessage({ type: 'forecast', request });
  }

  /** Throws as `generate` does. */
  compare(request: CompareCall): void {
    this.#post({ type: 'compare', request });
  }

  forecastComparison(request: CompareCall): void {
    this.#child?.postMessage({ type: 'forecastComparison', request });
  }

  inspectMemory(): void {
    this.#child?.postMessage({ type: 'inspect' });
  }

  /** Throws as `generate` does. */
  measurePresets(): void {
    this.#post({ type: 'measurePresets' });
  }

  stopMeasuring(): void {
    this.#child?.postMessage({ type: 'stopMeasuring' });
  }

  /** A command that must not be lost. */
  #post(command: EngineCommand): void {
    if (!this.#child) throw new EngineError('ENGINE_CRASHED', this.#whyNoProcess());
    this.#child.postMessage(command);
  }

  stop(requestId: string): void {
    this.#child?.postMessage({ type: 'stop', requestId });
  }

  /** Gives each engine process, this one and those after it, a port of `openPort` to send its frames on. */
  connect(openPort: () => MessagePortMain | null): void {
    this.#openPort = openPort;
    if (this.#child) this.#handPort(this.#child);
  }

  /** Ends the process: asked first, then told. Resolves when it is gone, within two seconds. */
  quit(): Promise<void> {
    this.#quitting ??= this.#endChild();
    return this.#quitting;
  }

  #whyNoProcess(): string {
    if (this.#status.state === 'down') return `${this.#status.reason} Load a model to start it again.`;
    return 'The engine is being restarted. Send the message again in a moment.';
  }

  #handPort(child: EngineChild): void {
    const port = this.#openPort();
    if (port) child.postMessage({ type: 'connect' }, [port]);
  }

  #loadCommand(path: string): EngineCommand {
    const { bundledModel, cacheFolder, measuring } = this.#options;
    const sha256 = path === bundledModel.path ? bundledModel.sha256 : undefined;
    return { type: 'load', path, ...(sha256 && { sha256 }), cacheFolder, measuring, precision: this.#precision };
  }

  #fork(): void {
    clearTimeout(this.#restartTimer);
    if (this.#quitting) return;
    const child = this.#options.fork();
    this.#child = child;
    this.#loading = true;
    child.on('message', (message) => this.#receive(message));
    child.once('exit', (code) => this.#exited(child, code));
    this.#handPort(child);
    if (this.#modelPath !== null) child.postMessage(this.#loadCommand(this.#modelPath));
    if (this.#status.state !== 'running') this.#setStatus({ state: 'running' });
  }

  #receive(message: unknown): void {
    const report: EngineReport = engineReport.parse(message);
    if (report.type === 'log') this.#options.onLog(report.level, report.message);
    else this.#loading = report.state === 'loading';
  }

  #exited(child: EngineChild, code: number): void {
    if (this.#child === child) this.#child = null;
    if (this.#quitting) return;
    const duringLoad = this.#loading;
    this.#crashes.push({ atMs: performance.now(), duringLoad });
    const decision = decideRestart(this.#crashes);
    const when = duringLoad && this.#modelPath !== null ? ' while loading the model' : '';
    const reason = `The engine stopped unexpectedly${when} (exit code ${code}).${exitReason(code)}`;
    this.#options.onLog('error', `${reason} ${decision.restart ? `Restart in ${decision.delayMs} ms.` : 'Given up.'}`);
    if (decision.restart) {
      this.#setStatus({ state: 'restarting', reason });
      this.#restartTimer = setTimeout(() => this.#fork(), decision.delayMs);
    } else {
      this.#setStatus({ state: 'down', reason });
    }
  }

  #setStatus(status: EngineStatus): void {
    this.#status = status;
    this.#options.onStatus(status);
  }

  async #endChild(): Promise<void> {
    clearTimeout(this.#restartTimer);
    const child = this.#child;
    if (!child) return;
    const gone = new Promise<true>((resolve) => child.once('exit', () => resolve(true)));
    const goneWithin = (ms: number) =>
      Promise.race([gone, new Promise<false>((resolve) => setTimeout(() => resolve(false), ms))]);
    child.postMessage({ type: 'quit' });
    if (await goneWithin(QUIT_GRACE_MS)) return;
    this.#options.onLog('warn', 'The engine did not end when asked; it is terminated.');
    child.kill();
    if (await goneWithin(TERMINATE_GRACE_MS)) return;
    if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    await goneWithin(TERMINATE_GRACE_MS);
  }
}
