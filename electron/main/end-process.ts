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
const SIGTERM = 15;

/**
 * Ends a process: asked first, then told. Resolves when it is gone, within four seconds.
 * @returns its exit code: 0 where it ended by itself and had its say; SIGTERM where it had to be told
 */
export async function endProcess(child: Ending, onTerminate: () => void): Promise<number> {
  const gone = new Promise<number>((resolve) => child.once('exit', resolve));
  const goneWithin = (ms: number) =>
    Promise.race([gone, new Promise<null>((resolve) => setTimeout(() => resolve(null), ms))]);
  child.postMessage({ type: 'quit' });
  const code = await goneWithin(QUIT_GRACE_MS);
  if (code !== null) return code;
  onTerminate();
  child.kill();
  if ((await goneWithin(TERMINATE_GRACE_MS)) !== null) return SIGTERM;
  if (child.pid !== undefined) killAtOnce(child.pid);
  await goneWithin(TERMINATE_GRACE_MS);
  return SIGTERM;
}

function killAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (thrown) {
    // It has ended, and is about to say so.
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
