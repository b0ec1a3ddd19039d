import { contextShares, type Schedule } from './schedule.js';

/** PyramidInfer's parameters (Yang et al. 2024), and ours: `step` schedules, `scoreRows` apart from the window. */
export interface PyramidInferConfig {
  schedule: Schedule;
  /** Recent window, tokens … */
  recentLength?: number;
  /** … or share of all tokens seen. */
  recentRatio?: number;
  /** Last rows of the window whose attention is the score; default: all of it. */
  scoreRows?: number;
  /** The newest row counts this many times as much as the oldest. */
  distanceWeight: number;
  /** First tokens of the text, always kept. */
  sinkLength: number;
  /** A layer's context is not thinned below this. */
  minContextLength: number;
  /** Select at every n-th layer only. */
  layerInterval: number;
}

/** What is to be kept of a prompt. */
export interface PromptPlan {
  /** Places in the text from here on are the recent window, never dropped. */
  windowStart: number;
  /** Places before this one are sinks, never dropped. */
  sinkLength: number;
  /** Places never dropped because the user or the system prompt pins them. */
  isPinned: (position: number) => boolean;
  /** Query rows at the prompt's end that vote. */
  scoreRows: number;
  /** Of the voting rows, oldest first, adding up to 1, [scoreRows]. */
  weights: Float32Array;
  /** Prompt tokens before the window that go on after each layer, sinks and pins included, [numLayers]. */
  contextCounts: number[];
}

/** Texts shorter than this are kept whole: there is too little to choose from. */
const SHORTEST_THINNED = 256;

/**
 * @param promptStart place of the prompt's first token; `tokensSeen`: its last token's place + 1
 * The window counts over all tokens seen: counted over the prompt alone, a short question after a long text would itself
 * be thinned.
 */
export function planPrompt(
  config: PyramidInferConfig,
  numLayers: number,
  {
    promptStart,
    tokensSeen,
    isPinned = () => false,
  }: { promptStart: number; tokensSeen: number; isPinned?: (position: number) => boolean },
): PromptPlan {
  const { sinkLength, minContextLength, distanceWeight } = config;
  const recent = config.recentLength ?? Math.floor((config.recentRatio ?? 0) * tokensSeen);
  const window = Math.max(1, Math.min(recent, tokensSeen - 1));
  const windowStart = tokensSeen - window;
  const context = Math.max(0, windowStart - promptStart);
  const scoreRows = Math.min(config.scoreRows ?? window, window, tokensSeen - promptStart);
  const least = Math.max(sinkLength, minContextLength);
  const shares = tokensSeen < SHORTEST_THINNED ? [] : contextShares(config.schedule, numLayers, config.layerInterval);
  return {
    windowStart,
    sinkLength,
    isPinned,
    scoreRows,
    weights: rowWeights(scoreRows, distanceWeight),
    contextCounts: Array.from({ length: numLayers }, (_, layer) =>
      Math.min(context, Math.max(least, Math.floor(context * (shares[layer] ?? 1)))),
    ),
  };
}

/** Rising evenly from 1 for the oldest row to `distanceWeight` for the newest, divided by their sum. */
function rowWeights(rows: number, distanceWeight: number): Float32Array {
  const plain = Float64Array.from(
    { length: rows },
    (_, i) => 1 + (rows > 1 ? ((distanceWeight - 1) * i) / (rows - 1) : 0),
  );
  const sum = plain.reduce((a, b) => a + b);
  return Float32Array.from(plain, (weight) => weight / sum);
}
