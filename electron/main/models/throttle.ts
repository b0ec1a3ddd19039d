/** Runs a task at most once in so many milliseconds, and once more after the last call. */
export function throttled(task: () => void, ms: number): () => void {
  let timer: NodeJS.Timeout | null = null;
  let again = false;
  const run = (): void => {
    again = false;
    task();
    timer = setTimeout(() => {
      timer = null;
      if (again) run();
    }, ms);
  };
  return () => {
    again = true;
    if (timer === null) run();
  };
}
