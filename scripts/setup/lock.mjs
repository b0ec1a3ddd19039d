import { readFileSync, rmSync } from 'node:fs';
import { mkdir, open, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARTBEAT_MS = 5_000;
const POLL_MS = 200;
// A process of another host (or container) cannot be asked whether it lives: only its heartbeat tells.
const FOREIGN_STALE_MS = 60_000;
// A process id can be given to someone else after a reboot, so even a "living" holder has to show up some time.
const LOCAL_STALE_MS = 15 * 60_000;
// Replacing a stale lock takes milliseconds; a takeover file older than this was left by a crash.
const TAKEOVER_STALE_MS = 10_000;

/** Where nobody reaps orphans (many containers), a dead process stays visible; Linux says so after its name. */
function isZombie(pid) {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function createExclusively(path, text) {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(text);
    await file.close();
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

async function ageMs(path) {
  const { mtimeMs } = await stat(path);
  return Date.now() - mtimeMs;
}

/** @returns {Promise<{ host: string, pids: number[] } | undefined>} undefined while the holder is still writing it */
async function readHolder(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The npm or pip of a killed set-up goes on writing for a while: the lock is held as long as any of its processes lives. */
async function isStale(path) {
  const age = await ageMs(path);
  const holder = await readHolder(path);
  if (!holder) return age > TAKEOVER_STALE_MS;
  if (holder.host !== hostname()) return age > FOREIGN_STALE_MS;
  return age > LOCAL_STALE_MS || !holder.pids.some(isAlive);
}

/** Removes a lock if it is stale, and says whether. A second file serializes this, so that nobody removes the lock that replaced the stale one. */
async function removeIfStale(path) {
  const takeover = `${path}.takeover`;
  if (!(await createExclusively(takeover, String(process.pid)))) {
    if ((await ageMs(takeover)) > TAKEOVER_STALE_MS) await rm(takeover, { force: true });
    return false;
  }
  try {
    if (!(await isStale(path))) return false;
    await rm(path, { force: true });
    return true;
  } finally {
    await rm(takeover, { force: true });
  }
}

/** @returns {Promise<boolean>} whether it is worth trying again at once */
async function isFreed(path) {
  try {
    return (await isStale(path)) && (await removeIfStale(path));
  } catch (error) {
    // The holder let go between two looks at its file.
    if (error.code === 'ENOENT') return true;
    throw error;
  }
}

/**
 * Runs `work` while no other process that asks for the same lock file does.
 * @template T
 * @param {string} path lock file
 * @param {(adopt: (pid: number) => Promise<void>) => Promise<T>} work `adopt` names a child that keeps the lock if we are killed
 * @param {() => void} [onWait] called once if somebody else holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(path, work, onWait = () => {}) {
  await mkdir(dirname(path), { recursive: true });
  const holder = { host: hostname(), pids: [process.pid] };
  let waited = false;
  while (!(await createExclusively(path, JSON.stringify(holder)))) {
    if (await isFreed(path)) continue;
    if (!waited) onWait();
    waited = true;
    await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), HEARTBEAT_MS);
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work(async (pid) => {
      holder.pids = [process.pid, pid];
      await writeFile(path, JSON.stringify(holder));
    });
  } finally {
    clearInterval(heartbeat);
    process.removeListener('exit', release);
    release();
  }
}
