import { MAX_SAMPLES, MAX_TOKENS, MAX_TURNS } from './format.js';
import { decodeRuns, encodeRuns } from './runs.js';
import type { Trace, TraceSample, TurnText } from './schema.js';

/**
 * A trace that keeps to its limits. Beyond MAX_SAMPLES the one goes that is missed least: whose neighbours are nearest in
 * time; so those that stay are spread evenly. First and last ones of reading and of writing stay. Of too many turns, or
 * too much text, the oldest turn goes; what of its text is still there belongs to the next one.
 */
export function thinned(trace: Trace): Trace {
  let next = trace;
  while (next.turns.length > MAX_TURNS || (next.turns.length > 1 && tokensOf(next) > MAX_TOKENS)) {
    next = withoutFirstTurn(next);
  }
  while (next.samples.length > MAX_SAMPLES) {
    const left = leastMissed(next.samples);
    next = { ...next, samples: next.samples.filter((_, i) => i !== left), thinned: next.thinned + 1 };
  }
  return next;
}

function tokensOf({ turns }: Trace): number {
  return turns.reduce((sum, { text }) => sum + (text?.tokens.length ?? 0), 0);
}

function leastMissed(samples: readonly TraceSample[]): number {
  let [least, shortest] = [0, Number.POSITIVE_INFINITY];
  for (let i = 1; i < samples.length - 1; i++) {
    const [before, sample, after] = [samples[i - 1], samples[i], samples[i + 1]];
    const isWithin = [before, after].every(({ turn, phase }) => turn === sample.turn && phase === sample.phase);
    if (isWithin && after.ms - before.ms < shortest) [least, shortest] = [i, after.ms - before.ms];
  }
  return least;
}

function withoutFirstTurn({ turns: [first, second, ...others], samples, ...trace }: Trace): Trace {
  const text = first.text && second.text ? joined(first.text, second.text) : second.text;
  const later = samples.filter(({ turn }) => turn > 0);
  return {
    ...trace,
    turns: [{ ...second, text }, ...others],
    samples: later.map((sample) => ({ ...sample, turn: sample.turn - 1 })),
    thinned: trace.thinned + samples.length - later.length,
  };
}

function joined(first: TurnText, second: TurnText): TurnText {
  const kept = second.from - first.from;
  return {
    from: first.from,
    messagesKept: 0,
    messages: [...first.messages.slice(0, second.messagesKept), ...second.messages],
    tokens: [...first.tokens.slice(0, kept), ...second.tokens],
    dropped: second.dropped.map((runs, layer) => {
      const before = decodeRuns(first.dropped[layer] ?? []).subarray(0, kept);
      return encodeRuns(Uint32Array.of(...before, ...decodeRuns(runs)));
    }),
  };
}
