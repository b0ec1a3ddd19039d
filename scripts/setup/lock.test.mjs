import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from './lock.mjs';

let folder;
let lock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  lock = join(folder, 'deep', 'setup.lock');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A process that takes the lock, says so, and keeps it until it is killed. */
async function startHolder({ child = false } = {}) {
  const script = `
    import { spawn } from 'node:child_process';
    import { withLock } from ${JSON.stringify(new URL('./lock.mjs', import.meta.url).href)};
    await withLock(${JSON.stringify(lock)}, async (adopt) => {
      const worker = ${child} ? spawn(process.execPath, ['-e', 'setTimeout(() => {}, 1500)'], { detached: true }) : undefined;
      if (worker) await adopt(worker.pid);
      console.log('held');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  return holder;
}

async function killed(holder) {
  const ended = new Promise((resolve) => holder.once('exit', resolve));
  holder.kill('SIGKILL');
  await ended;
}

test('only one at a time works, and every one gets its turn', async () => {
  let inside = 0;
  let most = 0;
  const turn = () =>
    withLock(lock, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(20);
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 5 }, turn));
  expect(most).toBe(1);
  expect(existsSync(lock)).toBe(false);
});

test('the result comes back, an error too, and both let go', async () => {
  expect(await withLock(lock, async () => 7)).toBe(7);
  await expect(withLock(lock, () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
  expect(existsSync(lock)).toBe(false);
});

test('another process that holds it is waited for, and its death frees the lock', async () => {
  const holder = await startHolder();
  let waits = 0;
  let entered = false;
  const work = withLock(
    lock,
    async () => (entered = true),
    () => (waits += 1),
  );
  await sleep(600);
  expect([waits, entered]).toEqual([1, false]);
  await killed(holder);
  await work;
  expect(waits).toBe(1);
});

test('the program of a killed set-up holds the lock until it ends', async () => {
  await killed(await startHolder({ child: true }));
  const startMs = performance.now();
  await withLock(lock, async () => {});
  expect(performance.now() - startMs).toBeGreaterThan(700);
});

test('a stale lock is not waited for', async () => {
  await killed(await startHolder());
  let waits = 0;
  await withLock(
    lock,
    async () => {},
    () => (waits += 1),
  );
  expect(waits).toBe(0);
});

test('several that find a stale lock do not get in together', async () => {
  await killed(await startHolder());
  let inside = 0;
  const turn = () =>
    withLock(lock, async () => {
      inside += 1;
      expect(inside).toBe(1);
      await sleep(20);
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 8 }, turn));
});

test("another machine's lock counts while its heartbeat is fresh", async () => {
  await withLock(lock, async () => {});
  writeFileSync(lock, JSON.stringify({ host: `not-${hostname()}`, pids: [1] }));
  let entered = false;
  const work = withLock(lock, async () => (entered = true));
  await sleep(500);
  expect(entered).toBe(false);
  const longAgo = new Date(Date.now() - 120_000);
  utimesSync(lock, longAgo, longAgo);
  await work;
  expect(entered).toBe(true);
});

test('a lock cut off while being written is taken over once it is old', async () => {
  await withLock(lock, async () => {});
  writeFileSync(lock, '{"host":');
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(lock, longAgo, longAgo);
  await withLock(lock, async () => expect(JSON.parse(readFileSync(lock, 'utf8')).pids).toEqual([process.pid]));
});
