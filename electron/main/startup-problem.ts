import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { t } from '../../locales/words.js';

/** Room for settings, a log and a chat's first words, bytes. */
const FIRST_WRITES = 64 * 1024;

/** Why the app cannot keep anything in its folder, with the way out, in the language of then; null if it can. */
export function startupProblem(userDataFolder: string): (() => string) | null {
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
    return () => describeWriteProblem(userDataFolder, thrown);
  }
}

export function describeWriteProblem(folder: string, thrown: unknown): string {
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return t('main.start.diskFull', { folder });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return t('main.start.notPermitted', { folder });
  return t('main.start.unwritable', { folder, reason: message });
}
