import { Worker } from 'node:worker_threads';
import { app, utilityProcess } from 'electron';
import { AttachmentReader } from './attachment-reader.js';
import { ChatThread } from './chats/chat-thread.js';
import { log } from './log.js';
import type { Places } from './places.js';

/** Of attachments, megabytes. */
const ATTACHMENT_HEAP = 1024;

export function forkEngine({ engineProcess }: Places): Electron.UtilityProcess {
  const child = utilityProcess.fork(engineProcess, [], { serviceName: 'Pyramid Chat engine', stdio: 'pipe' });
  // Native code says why it ends a process on these two only.
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => log.scope('engine').warn(text.toString().trimEnd()));
  }
  return child;
}

export function createAttachmentReader({ attachmentProcess }: Places): AttachmentReader {
  return new AttachmentReader({
    fork: () =>
      utilityProcess.fork(attachmentProcess, [], {
        serviceName: 'Pyramid Chat attachments',
        stdio: 'ignore',
        execArgv: [`--max-old-space-size=${ATTACHMENT_HEAP}`],
      }),
    memoryOf: (pid) => {
      const found = app.getAppMetrics().find((metrics) => metrics.pid === pid);
      return found ? found.memory.workingSetSize * 1024 : null;
    },
  });
}

export function createChatThread({ chatWorker, chats }: Places): ChatThread {
  return new ChatThread(() => new Worker(chatWorker, { workerData: { folder: chats } }));
}
