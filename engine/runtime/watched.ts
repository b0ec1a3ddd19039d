/** The same events; `onStep` hears of each step towards one before it is waited for, maybe in native code. */
export async function* watched<E>(
  events: AsyncGenerator<E, void, void>,
  onStep: (step: Promise<unknown>) => void,
): AsyncGenerator<E, void, void> {
  try {
    for (;;) {
      const step = events.next();
      onStep(step);
      const { value, done } = await step;
      if (done) return;
      yield value;
    }
  } finally {
    // A reader that breaks off: the memory must forget what only some layers hold.
    await events.return();
  }
}
