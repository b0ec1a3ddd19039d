import { EngineError } from '../../../engine/errors.js';

/**
 * SQLite's own words; not every error of the binding has the result code beside them. A header or a schema that was
 * damaged shows as a format or a table that cannot be.
 */
const DAMAGE = /malformed|corrupt|file is not a database|unsupported file format|no such (table|column)|already exists/;
const FULL = /database or disk is full/;

function saidBySqlite(thrown: unknown): string | null {
  const isIt = thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_SQLITE_ERROR';
  if (!isIt) return null;
  return 'errstr' in thrown ? `${thrown.errstr}: ${thrown.message}` : thrown.message;
}

/** What is in the file cannot be what was written. */
export function isDamage(thrown: unknown): boolean {
  return DAMAGE.test(saidBySqlite(thrown) ?? '');
}

/** What SQLite or the file system said, as what the window switches on. */
export function storageError(thrown: unknown, folder: string): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const said = saidBySqlite(thrown);
  const isFull = FULL.test(said ?? '') || (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC');
  if (isFull) {
    return new EngineError(
      'CHATS_DISK_FULL',
      `No room is left in ${folder}. What was kept before is safe; what came since is in this window only. Make room, and it is kept.`,
      { folder },
      { cause: thrown },
    );
  }
  if (said === null && !isSystemError(thrown)) return EngineError.from(thrown);
  return new EngineError(
    'CHATS_UNAVAILABLE',
    `${folder} cannot be used: ${reason}. What came since is in this window only. See that the folder may be written to.`,
    { folder },
    { cause: thrown },
  );
}

function isSystemError(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown;
}
