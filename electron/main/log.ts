import { join } from 'node:path';
import log from 'electron-log/main.js';

const MAX_LOG_BYTES = 4 * 1024 * 1024;

/** Everything worth knowing after a failure goes to one file, which is kept small; problems also to the terminal. */
export function startLog(userDataFolder: string): { logFile: string } {
  const logFile = join(userDataFolder, 'logs', 'main.log');
  log.transports.file.resolvePathFn = () => logFile;
  log.transports.file.maxSize = MAX_LOG_BYTES;
  log.transports.file.level = 'info';
  log.transports.console.level = 'warn';
  log.errorHandler.startCatching({ showDialog: false });
  return { logFile };
}

export { log };
