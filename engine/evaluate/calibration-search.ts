import { type Goal, hopelessKl, isBetter, type Judgement, violation } from './calibration-goals.js';

/** A configuration: for each coordinate of a space, an index into its values. */
export type Point = readonly number[];

export interface SearchSpace {
  /** Values of each coordinate, the mildest first. The first ones are searched first. */
  readonly coordinates: readonly (readonly number[])[];
  /** Coordinates of the first round. */
  readonly leading: number;
  /** About what share of the tokens a configuration keeps; without measuring. */
  keptFraction(point: Point): number;
}

/** Measures a configuration, leaving off early where its KL is beyond `hopeless`. */
export type Judge = (point: Point, hopeless: number) => Promise<Judgement>;

export interface Found {
  point: Point;
  judgement: Judgement;
}

/** A configuration that promises less gain than this is not worth its measurement. */
const LEAST_GAIN = 0.001;

/**
 * Coordinate search: from `start`, to the first neighbour that is better, until none is; first along the leading
 * coordinates alone. Neighbours differ by one step of one coordinate. Towards fewest tokens, also by a step milder in one
 * and a step stronger in another, without which the limit on loss would be the end of every path.
 * @param configurations judged at most; the best of them is the result
 */
export async function searchSpace(
  space: SearchSpace,
  goal: Goal,
  start: Point,
  { judge, configurations }: { judge: Judge; configurations: number },
): Promise<Found> {
  const judged = new Set<string>();
  const isNew = (point: Point) => !judged.has(String(point));
  const look = async (point: Point, best: Judgement | null): Promise<Found> => {
    judged.add(String(point));
    return { point, judgement: await judge(point, hopelessKl(goal, best)) };
  };
  const firstBetter = async (best: Found, movable: number): Promise<Found | null> => {
    // What was not better than an earlier best cannot be better than this one.
    for (const point of promising(space, goal, best, movable).filter(isNew)) {
      if (judged.size >= configurations) return null;
      const found = await look(point, best.judgement);
      if (isBetter(goal, found.judgement, best.judgement)) return found;
    }
    return null;
  };
  let best = await look(start, null);
  for (const movable of [space.leading, space.coordinates.length]) {
    for (let next: Found | null = best; next; next = await firstBetter(best, movable)) best = next;
  }
  return best;
}

/** Neighbours that may be better by what they keep, in the order in which to try them. */
function promising(space: SearchSpace, goal: Goal, { point, judgement }: Found, movable: number): Point[] {
  const keptNow = space.keptFraction(point);
  const candidates = neighbours(space, point, movable, goal.least === 'kept').map((neighbour) => ({
    neighbour,
    kept: space.keptFraction(neighbour),
  }));
  const holds = violation(goal, judgement) === 0;
  const wanted = candidates.filter(({ kept }) => {
    if (goal.least === 'kl') return holds ? kept <= goal.maxKept : kept < keptNow;
    return holds ? kept < keptNow - LEAST_GAIN : kept > keptNow;
  });
  // What holds is followed boldly, because a step too far is soon given up; what does not retreats as little as it can.
  // Within a limit of tokens, the more are kept the better it looks.
  const byKept = goal.least === 'kl' ? -1 : 1;
  return wanted.sort((a, b) => byKept * (a.kept - b.kept)).map(({ neighbour }) => neighbour);
}

/** @param exchanges also a step milder in one coordinate with a step stronger in another */
function neighbours({ coordinates }: SearchSpace, point: Point, movable: number, exchanges: boolean): Point[] {
  const moves: Point[] = [];
  const stepped = (from: Point, coordinate: number, step: number) =>
    from.map((index, i) => (i === coordinate ? index + step : index));
  for (let one = 0; one < movable; one++) {
    moves.push(stepped(point, one, 1), stepped(point, one, -1));
    for (let other = 0; exchanges && other < movable; other++) {
      if (other !== one) moves.push(stepped(stepped(point, one, -1), other, 1));
    }
  }
  return moves.filter((move) => move.every((index, i) => index >= 0 && index < coordinates[i].length));
}
