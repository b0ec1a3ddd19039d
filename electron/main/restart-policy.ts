export interface Crash {
  /** Milliseconds on any steady clock. */
  atMs: number;
  /** It happened before the engine had finished loading its model (or had started at all). */
  duringLoad: boolean;
}

export type RestartDecision = { restart: true; delayMs: number } | { restart: false };

/** A model that kills the engine each time it loads would do so for ever. */
export const MAX_LOAD_CRASHES_IN_A_ROW = 3;
export const MAX_RECENT_CRASHES = 6;
export const RECENT_MS = 60_000;
const DELAYS_MS = [0, 250, 1000, 4000];

/** What to do after the last of `crashes` (oldest first). */
export function decideRestart(crashes: readonly Crash[]): RestartDecision {
  const last = crashes.at(-1);
  if (!last) return { restart: true, delayMs: 0 };
  const lastInARow = crashes.slice(-MAX_LOAD_CRASHES_IN_A_ROW);
  const neverLoads = lastInARow.length === MAX_LOAD_CRASHES_IN_A_ROW && lastInARow.every((crash) => crash.duringLoad);
  const recent = crashes.filter((crash) => last.atMs - crash.atMs < RECENT_MS).length;
  if (neverLoads || recent >= MAX_RECENT_CRASHES) return { restart: false };
  return { restart: true, delayMs: DELAYS_MS[Math.min(recent, DELAYS_MS.length) - 1] };
}
