import { expect, test } from 'vitest';
import type { Goal, Judgement } from './calibration-goals.js';
import { type Point, type SearchSpace, searchSpace } from './calibration-search.js';

const steps = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Three coordinates, of which each step gives up some tokens and costs some KL; the third is the bargain. */
const space: SearchSpace = {
  coordinates: [steps(8), steps(8), steps(8)],
  leading: 2,
  keptFraction: ([a, b, c]) => 1 - 0.02 * a - 0.02 * b - 0.03 * c,
};
const kl = ([a, b, c]: Point) => 0.0002 * a * a + 0.0004 * b * b + 0.0001 * c * c;
const goal: Goal = { preset: 'faithful', least: 'kept', maxKl: 0.0045, maxRetrievalLoss: 0 };

function syntheticJudge(loss: (point: Point) => number = () => 0) {
  const asked: Point[] = [];
  const judge = async (point: Point, hopeless: number): Promise<Judgement> => {
    asked.push(point);
    const stoppedEarly = kl(point) > hopeless;
    return {
      keptFraction: space.keptFraction(point),
      meanKl: kl(point),
      stoppedEarly,
      retrievalLoss: stoppedEarly ? null : loss(point),
    };
  };
  return { judge, asked };
}

/** The best of all points, by looking at each. */
function exhaustive(holds: (point: Point) => boolean): number {
  const all = steps(8).flatMap((a) => steps(8).flatMap((b) => steps(8).map((c) => [a, b, c])));
  return Math.min(...all.filter(holds).map(space.keptFraction));
}

test('finds the fewest tokens within the limit on KL, in far fewer measurements than there are points', async () => {
  const { judge, asked } = syntheticJudge();
  const { point, judgement } = await searchSpace(space, goal, [0, 0, 0], { judge, configurations: 200 });
  expect(judgement.meanKl).toBeLessThanOrEqual(goal.least === 'kept' ? goal.maxKl : 0);
  expect(space.keptFraction(point)).toBeCloseTo(
    exhaustive((one) => kl(one) <= 0.0045),
    9,
  );
  expect(asked.length).toBeLessThan(120);
});

test('from a start beyond the limit it comes back within', async () => {
  const { judge } = syntheticJudge();
  const { judgement } = await searchSpace(space, goal, [7, 7, 0], { judge, configurations: 200 });
  expect(judgement.meanKl).toBeLessThanOrEqual(0.0045);
  expect(judgement.keptFraction).toBeLessThan(0.8);
});

test('right answers lost are a limit like KL', async () => {
  const { judge } = syntheticJudge(([, , c]) => (c > 2 ? 0.1 : 0));
  const { point } = await searchSpace(space, goal, [0, 0, 0], { judge, configurations: 200 });
  expect(point[2]).toBeLessThanOrEqual(2);
  expect(space.keptFraction(point)).toBeCloseTo(
    exhaustive((one) => kl(one) <= 0.0045 && one[2] <= 2),
    9,
  );
});

test('the smallest KL where every point keeps as many tokens', async () => {
  const even: SearchSpace = { ...space, keptFraction: () => 0.45 };
  const bowl = ([a, b, c]: Point) => 0.01 + 0.001 * ((a - 2) ** 2 + (b - 5) ** 2 + (c - 3) ** 2);
  let asked = 0;
  const judge = async (point: Point, hopeless: number): Promise<Judgement> => {
    asked++;
    const meanKl = bowl(point);
    return { keptFraction: 0.45, meanKl, stoppedEarly: meanKl > hopeless, retrievalLoss: null };
  };
  const within: Goal = { preset: 'compact', least: 'kl', maxKept: 0.46 };
  const { point } = await searchSpace(even, within, [6, 0, 0], { judge, configurations: 200 });
  expect(point).toEqual([2, 5, 3]);
  expect(asked).toBeLessThan(60);
});

test('more tokens than allowed are given up first', async () => {
  const { judge } = syntheticJudge();
  const within: Goal = { preset: 'compact', least: 'kl', maxKept: 0.8 };
  const { judgement } = await searchSpace(space, within, [0, 0, 0], { judge, configurations: 200 });
  expect(judgement.keptFraction).toBeLessThanOrEqual(0.8);
});

test('the leading coordinates come first', async () => {
  const { judge, asked } = syntheticJudge();
  await searchSpace(space, goal, [0, 0, 0], { judge, configurations: 200 });
  const firstOther = asked.findIndex(([, , c]) => c > 0);
  expect(asked.slice(firstOther).length).toBeGreaterThan(0);
  expect(asked.slice(0, firstOther).some(([a]) => a > 2)).toBe(true);
});

test('no more configurations are judged than allowed', async () => {
  const { judge, asked } = syntheticJudge();
  const { judgement } = await searchSpace(space, goal, [0, 0, 0], { judge, configurations: 7 });
  expect(asked).toHaveLength(7);
  expect(new Set(asked.map(String)).size).toBe(7);
  expect(judgement.meanKl).toBeLessThanOrEqual(0.0045);
});
