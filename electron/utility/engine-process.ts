import type { MessagePortMain } from 'electron';
import { createEngine } from '../../engine/index.js';
import type { Logger } from '../../engine/types.js';
import { type EngineCommand, type EngineReport, engineCommand } from '../ipc/engine-messages.js';
import { Answers } from './answers.js';
import { FrameBatcher } from './frame-batcher.js';
import { FramePort } from './frame-port.js';
import { ModelSlot } from './model-slot.js';
import type { Clock } from './paced.js';

const clock: Clock = {
  now: () => performance.now(),
  schedule: (task, ms) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

function report(message: EngineReport): void {
  process.parentPort.postMessage(message);
}

function log(level: 'info' | 'warn' | 'error', message: string): void {
  report({ type: 'log', level, message });
}

const logger: Logger = {
  info: (message) => log('info', message),
  warn: (message) => log('warn', message),
};

const port = new FramePort(() => void answers.endAll());
const frames = new FrameBatcher(clock, (body) => port.send(body));
const slot: ModelSlot = new ModelSlot({
  createEngine,
  logger,
  endAnswers: () => answers.endRunning(),
  onState: (model) => {
    frames.model(model);
    report({ type: 'model', state: model.state });
    if (model.state === 'failed') logger.warn(`${model.path}: ${model.error.code}: ${model.error.message}`);
    if (model.state === 'ready') showCache();
    answers.advance();
  },
});
const answers: Answers = new Answers({
  frames,
  logger,
  engine: () => slot.engine,
  modelState: () => slot.state,
  connected: () => port.connected,
});

function showCache(): void {
  if (slot.engine) frames.kv({ requestId: null, kv: slot.engine.kvStats() });
}

/** A window that comes anew learns the present state first; what it missed is gone. */
function connect(newPort: MessagePortMain | undefined): void {
  if (!newPort) throw new TypeError('`connect` came without a port.');
  port.connect(newPort);
  port.send({ type: 'model', model: slot.state });
  if (slot.engine) port.send({ type: 'kv', requestId: null, kv: slot.engine.kvStats() });
  answers.advance();
}

async function quit(): Promise<void> {
  await answers.endAll();
  await slot.eject();
  process.exit(0);
}

function obey(command: EngineCommand, ports: readonly MessagePortMain[]): void {
  if (command.type === 'connect') connect(ports[0]);
  else if (command.type === 'load') slot.load(command.path, command.cacheFolder);
  else if (command.type === 'eject') void slot.eject();
  else if (command.type === 'generate') answers.generate(command.request);
  else if (command.type === 'stop') answers.stop(command.requestId);
  else void quit();
}

// A process in an unknown state is worth less than a new one, which main forks at once.
function crash(thrown: unknown): void {
  log('error', thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  setImmediate(() => process.exit(1));
}
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

process.parentPort.on('message', ({ data, ports }) => {
  const command = engineCommand.safeParse(data);
  if (command.success) obey(command.data, ports);
  else log('error', `A message of main has a wrong shape: ${command.error.message}`);
});
report({ type: 'model', state: 'none' });
