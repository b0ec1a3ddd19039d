import { EngineError } from '../../errors.js';
import type { BoundRun } from './session.js';

/**
 * A run that may be released at any time: what it holds goes when native code is done with it.
 *
 * @param runs of the session, under way; this one is among them while it is
 */
export function boundRun(execute: () => Promise<void>, releaseHeld: () => void, runs: Set<Promise<void>>): BoundRun {
  let running = false;
  let released = false;
  const executeOnce = async () => {
    running = true;
    try {
      await execute();
    } finally {
      running = false;
      if (released) releaseHeld();
    }
  };
  return {
    run: async () => {
      if (released || running) {
        throw new EngineError('INTERNAL', `This run ${released ? 'was released' : 'is under way already'}.`);
      }
      const run = executeOnce();
      runs.add(run);
      try {
        await run;
      } finally {
        runs.delete(run);
      }
    },
    release: () => {
      released = true;
      if (!running) releaseHeld();
    },
  };
}
