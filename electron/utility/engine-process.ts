import { createEngine } from '../../engine/index.js';
import { type EngineReport, engineCommand } from '../ipc/engine-messages.js';
import { EngineService } from './engine-service.js';

function report(message: EngineReport): void {
  process.parentPort.postMessage(message);
}

const service = new EngineService({
  createEngine,
  report,
  clock: {
    now: () => performance.now(),
    schedule: (task, ms) => {
      const timer = setTimeout(task, ms);
      return () => clearTimeout(timer);
    },
  },
});

// A process in an unknown state is worth less than a new one, which main forks at once.
function crash(thrown: unknown): void {
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  report({ type: 'log', level: 'error', message });
  setImmediate(() => process.exit(1));
}
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

process.parentPort.on('message', ({ data, ports }) => {
  const command = engineCommand.parse(data);
  // What was reported last is to leave first.
  if (command.type === 'quit') void service.end().then(() => setImmediate(() => process.exit(0)));
  else service.obey(command, ports);
});
report({ type: 'model', state: 'none' });
