import type { MessagePortMain } from 'electron';
import { EngineError } from '../../engine/errors.js';
import type { Precision } from '../../engine/types.js';
import type { AppSettings } from '../ipc/app-settings.js';
import type { CountCall } from '../ipc/attachment-contract.js';
import type { CallInput, CompareCall, ConversationCall, EngineStatus, GenerateCall } from '../ipc/contract.js';
import {
  type AskCommand,
  type EngineCommand,
  type EngineReport,
  engineReport,
  type ModelQuestion,
} from '../ipc/engine-messages.js';
import { exitWords } from '../ipc/exit-words.js';
import { DeviceFailures } from './device-failures.js';
import { endProcess } from './end-process.js';
import type { EngineChild } from './engine-child.js';
import { type ModelForecasts, ModelQuestions } from './model-questions.js';
import type { Move } from './models/library.js';
import { type Crash, decideRestart } from './restart-policy.js';
import { type LoadedModel, type Loading, type ModelPlaces, WantedModel } from './wanted-model.js';

interface EngineHostOptions extends ModelPlaces {
  fork: () => EngineChild;
  loading: Loading;
  onStatus: (status: EngineStatus) => void;
  onLoaded: (model: LoadedModel) => void;
  onLog: (level: 'info' | 'warn' | 'error', message: string) => void;
}

const RESTARTING = 'The engine is being restarted. Send the message again in a moment.';

/**
 * Keeps one engine process alive: forks it, sees it end, forks it anew with the model that was loaded, and gives up
 * when that is of no use (restart-policy.ts) until a model is asked for again.
 */
export class EngineHost {
  readonly #options: EngineHostOptions;
  #child: EngineChild | null = null;
  #status: EngineStatus = { state: 'running' };
  #crashes: Crash[] = [];
  /** In English, for errors and the log. */
  #lastStop = '';
  /** It is loaded again after a crash. */
  readonly #wanted: WantedModel;
  readonly #deviceFailures = new DeviceFailures();
  /** What the model's report says; null before the first. */
  #aboutModel: string | null = null;
  /** It has not yet reported that a load has ended. */
  #isLoading = true;
  #openPort: () => MessagePortMain | null = () => null;
  /** A process is asked to end, so that another can begin: two would hold the model twice. */
  #renewal: Promise<void> | null = null;
  /** Asked for meanwhile. */
  #forNext: (AskCommand | { type: 'stop'; requestId: string })[] = [];
  #restartTimer: NodeJS.Timeout | undefined;
  #quitting: Promise<void> | null = null;
  /** A process begins with it off. */
  #tidying: AppSettings['tidying'] = 'off';
  readonly #questions = new ModelQuestions();

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#wanted = new WantedModel(options, options.loading);
  }

  get status(): EngineStatus {
    return this.#status;
  }

  /** Resolves when no process is ending for another: one that does still writes its chat's memory. */
  get renewed(): Promise<void> {
    return this.#renewal ?? Promise.resolve();
  }

  get precision(): Precision {
    return this.#wanted.loading.precision;
  }

  /** What is loaded, in a line for a report; null: nothing was reported yet. */
  get aboutModel(): string | null {
    return this.#aboutModel;
  }

  readonly start = (): void => this.#fork();

  loadModel(path: string): void {
    this.#wanted.choose(path);
    this.#crashes = [];
    this.#deviceFailures.forget();
    if (this.#child) this.#load(this.#child);
    else if (!this.#renewal) this.#fork();
  }

  /** The model lies somewhere else now: the next process loads it from there. */
  readonly moved = (move: Move): void => this.#wanted.move(move);

  /** Loads the present model again, if there is one. */
  setPrecision(precision: Precision): void {
    this.#wanted.loadAs({ precision });
    this.#loadAgain();
  }

  /** As `setPrecision`. */
  setContextLength(contextLength: number | null): void {
    this.#wanted.loadAs({ contextLength });
    this.#loadAgain();
  }

  /** A process has one pool of threads for as long as it lives: with another number of them, another one begins. */
  setThreads(threads: number | null): void {
    if (threads === this.#wanted.loading.threads) return;
    this.#wanted.loadAs({ threads });
    // Where no process is, the next one is about to begin, or the user has to ask for it.
    if (this.#child) this.#renewal = this.#renew(this.#child);
  }

  setTidying(mode: AppSettings['tidying']): void {
    if (mode === this.#tidying) return;
    this.#tidying = mode;
    this.#child?.postMessage({ type: 'tidy', mode });
  }

  ejectModel(): void {
    this.#wanted.choose(null);
    this.#child?.postMessage({ type: 'eject' });
  }

  /**
   * Throws ENGINE_CRASHED when no process is there. After a crash the request does not wait for the next one: the window
   * counts it as cut short as soon as it hears of the crash, and nobody would read or stop its answer.
   */
  generate(request: GenerateCall): void {
    this.#ask({ type: 'generate', request });
  }

  // These throw as `generate` does.
  readonly reread = (request: ConversationCall): void => this.#ask({ type: 'reread', request });
  readonly compare = (request: CompareCall): void => this.#post({ type: 'compare', request });
  readonly measurePresets = (): void => this.#post({ type: 'measurePresets' });

  stop(requestId: string): void {
    if (this.#renewal) this.#forNext.push({ type: 'stop', requestId });
    else this.#child?.postMessage({ type: 'stop', requestId });
  }

  // What is of no use to a process that is not there.
  readonly composing = (): void => this.#child?.postMessage({ type: 'composing' });
  readonly stopMeasuring = (): void => this.#child?.postMessage({ type: 'stopMeasuring' });
  readonly costContexts = ({ compression }: CallInput<'costContexts'>): void =>
    this.#child?.postMessage({ type: 'costContexts', compression });
  readonly takeUpMemory = (chatId: string): void => this.#child?.postMessage({ type: 'takeUp', chatId });
  readonly forgetChats = (chatIds: readonly string[]): void => this.#child?.postMessage({ type: 'forget', chatIds });
  readonly removeParked = (): void => this.#child?.postMessage({ type: 'removeParked' });
  readonly inspectMemory = (): void => this.#child?.postMessage({ type: 'inspect' });
  readonly countTokens = (request: CountCall): void => this.#child?.postMessage({ type: 'countTokens', request });
  readonly forecastComparison = (request: CompareCall): void =>
    this.#child?.postMessage({ type: 'forecastComparison', request });
  readonly forecast = (request: ConversationCall): void => this.#child?.postMessage({ type: 'forecast', request });

  /** What models would take that are not here; null: there is no engine process to say. */
  forecastModels(question: Omit<ModelQuestion, 'id'>): Promise<ModelForecasts | null> {
    return this.#child ? this.#questions.ask(this.#child, question) : Promise.resolve(null);
  }

  /** Of the model that is loaded or being loaded. */
  get modelPath(): string | null {
    return this.#wanted.path;
  }

  #ask(command: AskCommand): void {
    if (this.#renewal) this.#forNext.push(command);
    else this.#post(command);
  }

  /** A command that must not be lost. */
  #post(command: EngineCommand): void {
    const why = this.#status.state === 'down' ? `${this.#lastStop} Load a model to start it again.` : RESTARTING;
    if (!this.#child) throw new EngineError('ENGINE_CRASHED', why);
    this.#child.postMessage(command);
  }

  /** Gives each engine process, this one and those after it, a port of `openPort` to send its frames on. */
  connect(openPort: () => MessagePortMain | null): void {
    this.#openPort = openPort;
    // Another page: nobody waits for what the one before asked for.
    this.#forNext = [];
    if (this.#child) this.#handPort(this.#child);
  }

  /** Ends the process: asked first, then told. Resolves when it is gone, within four seconds. */
  quit(): Promise<void> {
    this.#quitting ??= Promise.all([this.#end(this.#child), this.#renewal]).then(() => undefined);
    return this.#quitting;
  }

  #handPort(child: EngineChild): void {
    const port = this.#openPort();
    if (port) child.postMessage({ type: 'connect' }, [port]);
  }

  #load(child: EngineChild): void {
    const { areTooMany } = this.#deviceFailures;
    const command = this.#wanted.loadCommand(areTooMany);
    this.#deviceFailures.onDevice = !areTooMany && (this.#wanted.device ?? 'cpu') !== 'cpu';
    if (command) child.postMessage(command);
  }

  #fork(): void {
    clearTimeout(this.#restartTimer);
    if (this.#quitting) return;
    const child = this.#options.fork();
    this.#child = child;
    this.#isLoading = true;
    child.on('message', (message) => this.#receive(child, message));
    child.once('exit', (code) => this.#exited(child, code));
    // Before the port: the window is told at once that the model is opened, and never that there is none.
    this.#load(child);
    this.#handPort(child);
    if (this.#tidying !== 'off') child.postMessage({ type: 'tidy', mode: this.#tidying });
    for (const command of this.#forNext.splice(0)) child.postMessage(command);
    if (this.#status.state !== 'running') this.#setStatus({ state: 'running' });
  }

  #receive(child: EngineChild, message: unknown): void {
    const report: EngineReport = engineReport.parse(message);
    if (report.type === 'log') {
      this.#options.onLog(report.level, report.message);
      return;
    }
    if (report.type === 'unanswered') {
      if (this.#renewal) this.#forNext.unshift(report.command);
      return;
    }
    // Of one that is asked to end: what it says of its model holds no more.
    if (child !== this.#child) return;
    if (report.type === 'modelForecasts') this.#questions.answer(report);
    else if (report.type === 'deviceLost') this.#deviceLost(child);
    else {
      this.#isLoading = report.state === 'loading';
      this.#aboutModel = report.about ?? report.state;
      if (report.onDevice !== undefined) this.#deviceFailures.onDevice = report.onDevice;
      if (report.loaded) this.#options.onLoaded(this.#wanted.whereNow(report.loaded));
    }
  }

  #exited(child: EngineChild, code: number): void {
    // It was asked to.
    if (this.#child !== child) return;
    this.#child = null;
    this.#questions.giveUp();
    if (this.#quitting) return;
    const duringLoad = this.#isLoading;
    const atMs = performance.now();
    this.#crashes.push({ atMs, duringLoad });
    this.#deviceFailures.note(atMs);
    const decision = decideRestart(this.#crashes);
    const exit = { code, duringLoad: duringLoad && this.#wanted.path !== null };
    this.#lastStop = exitWords(exit, 'en');
    const outcome = decision.restart ? `Restart in ${decision.delayMs} ms.` : 'Given up.';
    this.#options.onLog('error', `${this.#lastStop} ${outcome}`);
    this.#setStatus({ state: decision.restart ? 'restarting' : 'down', exit });
    if (decision.restart) this.#restartTimer = setTimeout(() => this.#fork(), decision.delayMs);
  }

  #setStatus(status: EngineStatus): void {
    this.#status = status;
    this.#options.onStatus(status);
  }

  /** A process does not get its device back: the next one opens it anew, or goes on without. */
  #deviceLost(child: EngineChild): void {
    this.#options.onLog('warn', 'The graphics processor was lost; the engine begins anew.');
    this.#deviceFailures.note(performance.now());
    this.#renewal = this.#renew(child);
  }

  #loadAgain(): void {
    if (this.#wanted.path !== null) this.loadModel(this.#wanted.path);
  }

  /** Ends the present process, which is no crash, and begins another once its memory is free. */
  async #renew(child: EngineChild): Promise<void> {
    this.#child = null;
    this.#questions.giveUp();
    const code = await this.#end(child);
    this.#renewal = null;
    if (code !== 0) this.#cutShort(code);
    this.#fork();
  }

  /** One that had no say at its end: the window counts all that it asked for as cut short. */
  #cutShort(code: number): void {
    this.#forNext = [];
    this.#setStatus({ state: 'restarting', exit: { code, duringLoad: false } });
  }

  /** → as of `endProcess`. */
  async #end(child: EngineChild | null): Promise<number> {
    clearTimeout(this.#restartTimer);
    const onTerminate = () => this.#options.onLog('warn', 'The engine did not end when asked; it is terminated.');
    return child ? endProcess(child, onTerminate) : 0;
  }
}
