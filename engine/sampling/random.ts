import { randomInt } from 'node:crypto';

/** Seeds are integers from 0 to this. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER;

const WARM_UP_ROUNDS = 12;

/** Numbers in [0, 1). */
export type RandomSource = () => number;

/**
 * The same numbers for the same seed, everywhere.
 *
 * @param seed integer from 0 to MAX_SEED
 * Source: sfc32 of PractRand (Chris Doty-Humphrey), seeded with the two halves of the seed
 */
export function seededRandom(seed: number): RandomSource {
  let a = 0;
  let b = seed >>> 0;
  let c = Math.floor(seed / 2 ** 32) >>> 0;
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round++) next();
  return next;
}

/** A seed for a request that names none; short enough to be typed in again. */
export function randomSeed(): number {
  return randomInt(2 ** 32);
}
