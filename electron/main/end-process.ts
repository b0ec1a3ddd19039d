/** The part of Electron's UtilityProcess that is needed. */
interface Ending {
  readonly pid: number | undefined;
  postMessage(message: { type: 'quit' }): void;
  kill(): boolean;
  once(event: 'exit', listener: (code: number) => void): unknown;
}

/**
 * An engine that was asked to quit gets this long to end its answer, write the chat's memory to the disk and release the
 * model; then it is killed. Most take a tenth of it.
 */
const QUIT_GRACE_MS = 3000;
const TERMINATE_GRACE_MS = 300;

/** Ends a process: asked first, then told. Resolves when it is gone, within four seconds. */
export async function endProcess(child: Ending, onTerminate: () => void): Promise<void> {
  const gone = new Promise<true>((resolve) => child.once('exit', () => resolve(true)));
  const goneWithin = (ms: number) =>
    Promise.race([gone, new Promise<false>((resolve) => setTimeout(() => resolve(false), ms))]);
  child.postMessage({ type: 'quit' });
  if (await goneWithin(QUIT_GRACE_MS)) return;
  onTerminate();
  child.kill();
  if (await goneWithin(TERMINATE_GRACE_MS)) return;
  if (child.pid !== undefined) killAtOnce(child.pid);
  await goneWithin(TERMINATE_GRACE_MS);
}

function killAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (thrown) {
    // It has ended, and is about to say so.
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
