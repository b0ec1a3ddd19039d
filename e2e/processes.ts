import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';

/** Whether a process does anything yet: one that ended and waits to be collected by its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1);
    return afterName?.startsWith('Z') ?? false;
  } catch {
    // It is gone since.
    return true;
  }
}

/** The processes that an app had at some moment. */
export class RunningProcesses {
  constructor(readonly pids: readonly number[]) {}

  kill(): void {
    for (const pid of this.pids.filter(isRunning)) process.kill(pid, 'SIGKILL');
  }

  /** Fails if any of them is still there after so many milliseconds. */
  async gone(timeout: number): Promise<void> {
    const left = () => this.pids.filter(isRunning);
    await expect.poll(left, { timeout, intervals: [20], message: 'processes that are left' }).toEqual([]);
  }
}
