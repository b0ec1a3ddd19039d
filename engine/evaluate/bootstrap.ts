import type { RandomSource } from '../sampling/random.js';

const RESAMPLES = 2000;
const TAIL = 0.025;

/**
 * 95 % interval of a statistic of the mean, by resampling whole windows (or cases) with replacement: the tokens of one
 * window depend on each other, windows do not.
 * @param samples one number for each window, at least one
 * @param statistic of a mean of samples; must be monotonic
 */
export function bootstrapInterval(
  samples: readonly number[],
  random: RandomSource,
  statistic: (mean: number) => number = (mean) => mean,
): [lower: number, upper: number] {
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < samples.length; i++) sum += samples[Math.floor(random() * samples.length)];
    return sum / samples.length;
  }).sort();
  const at = (share: number) => statistic(means[Math.round(share * (RESAMPLES - 1))]);
  return [at(TAIL), at(1 - TAIL)];
}

export function mean(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
