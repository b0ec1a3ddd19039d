/** Runs of equal values, each as its length and the value: [2, 0, 1, 7] is 0, 0, 7. */
export function decodeRuns(runs: readonly number[]): Uint32Array<ArrayBuffer> {
  let length = 0;
  for (let i = 0; i < runs.length; i += 2) length += runs[i];
  const values = new Uint32Array(length);
  let at = 0;
  for (let i = 0; i < runs.length; i += 2) {
    values.fill(runs[i + 1], at, at + runs[i]);
    at += runs[i];
  }
  return values;
}

/** @param before runs of which only those behind `values` are taken over */
export function encodeRuns(values: Uint32Array, before: readonly number[] = []): number[] {
  const rest = decodeRuns(before).subarray(values.length);
  const runs: number[] = [];
  for (const part of [values, rest]) {
    for (const value of part) {
      if (runs.length > 0 && runs[runs.length - 1] === value) runs[runs.length - 2]++;
      else runs.push(1, value);
    }
  }
  return runs;
}
