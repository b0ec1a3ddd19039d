/** Median and quartiles of one quantity's samples. */
export interface Quartiles {
  lower: number;
  median: number;
  upper: number;
  samples: number;
}

export function quartiles(samples: readonly number[]): Quartiles {
  if (samples.length === 0) throw new RangeError('No samples.');
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    lower: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    upper: quantile(sorted, 0.75),
    samples: samples.length,
  };
}

/** Linear between the two nearest samples; `sorted` ascending. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
