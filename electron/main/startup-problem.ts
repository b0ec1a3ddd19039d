import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Room for settings, a log and a chat's first words, bytes. */
const FIRST_WRITES = 64 * 1024;

/** Why the app cannot keep anything in its folder, with the way out; null if it can. */
export function startupProblem(userDataFolder: string): string | null {
  const probe = join(userDataFolder, `.write-test-${process.pid}`);
  try {
    mkdirSync(userDataFolder, { recursive: true });
    try {
      writeFileSync(probe, Buffer.alloc(FIRST_WRITES));
    } finally {
      rmSync(probe, { force: true });
    }
    return null;
  } catch (thrown) {
    return describeWriteProblem(userDataFolder, thrown);
  }
}

export function describeWriteProblem(folder: string, thrown: unknown): string {
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return `The disk is full: nothing can be kept in ${folder}. Free about 250 MB there, for the app and its model, and start again; or start with --user-data-dir and a folder on another disk.`;
  const reason =
    code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'writing there is not permitted' : String(message);
  return `Nothing can be kept in ${folder}: ${reason}. Make the folder writable for you, or start with --user-data-dir and another folder.`;
}
