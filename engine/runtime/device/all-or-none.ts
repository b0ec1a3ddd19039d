/** What can be let go, like a tensor of a device. */
interface Releasable {
  release(): void;
}

/** Keeps hold of what it is given, and gives it back. */
export type Hold = <Held extends Releasable>(held: Held) => Held;

/** @param make holds what it has made, so that it is released where the rest cannot be */
export function allOrNone<Made>(make: (hold: Hold) => Made): Made {
  const held: Releasable[] = [];
  try {
    return make((one) => {
      held.push(one);
      return one;
    });
  } catch (error) {
    for (const one of held) one.release();
    throw error;
  }
}
