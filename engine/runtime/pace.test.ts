import { expect, it } from 'vitest';
import { Pace } from './pace.js';

/** How many runs are handed over before each wait, by a device on which one takes so many milliseconds. */
async function waits(msPerRun: number, runs: number): Promise<number[]> {
  const lengths: number[] = [];
  let [clock, queued] = [0, 0];
  const pace = new Pace(
    async () => {
      lengths.push(queued);
      clock += queued * msPerRun;
      queued = 0;
    },
    () => clock,
  );
  for (let run = 0; run < runs; run++) {
    pace.begin();
    queued++;
    await pace.end();
  }
  return lengths;
}

it('waits for a slow device after each run, for a quick one after many, for none of them longer than it should', async () => {
  expect(await waits(300, 5)).toEqual([1, 1, 1, 1, 1]);
  expect(await waits(10, 31)).toEqual([1, 10, 10, 10]);
  expect((await waits(0.001, 2000)).slice(1)).toEqual([512, 512, 512]);
});
