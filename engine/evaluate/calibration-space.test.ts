import { describe, expect, it } from 'vitest';
import { type CompressionConfig, parseCompressionConfig } from '../kv/compression-config.js';
import type { PyramidInferConfig } from '../kv/policies/pyramid-infer.js';
import type { Point } from './calibration-search.js';
import { type CompressionSpace, cacheSpace, pyramidSpace } from './calibration-space.js';

/** Every point that differs from the start in one coordinate. */
function around({ coordinates, start }: CompressionSpace): Point[] {
  return coordinates.flatMap((values, coordinate) => values.map((_, index) => start.with(coordinate, index)));
}

/** The deepest first. */
const orderOf = (numLayers: number) => Array.from({ length: numLayers }, (_, i) => numLayers - 1 - i);
const pyramidOf = ({ policy }: CompressionConfig) => policy as PyramidInferConfig;

describe.each([2, 6, 12, 30, 32, 80])('with %i layers', (numLayers) => {
  it('every pyramid is one that the model can have, and a step further keeps no more', () => {
    const space = pyramidSpace(numLayers, orderOf(numLayers));
    for (const point of around(space)) {
      const config = space.config(point);
      expect(parseCompressionConfig(JSON.parse(JSON.stringify(config)), numLayers)).toEqual(config);
      for (const [coordinate, index] of point.entries()) {
        if (index === 0) continue;
        const milder = space.keptFraction(point.with(coordinate, index - 1));
        expect(space.keptFraction(point)).toBeLessThanOrEqual(milder + 1e-9);
      }
    }
  });

  it('every selection of K/V is one that the model can have, and keeps no more than allowed, but nearly so', () => {
    const space = cacheSpace(numLayers, 0.46, orderOf(numLayers));
    for (const point of around(space)) {
      const config = space.config(point);
      expect(parseCompressionConfig(JSON.parse(JSON.stringify(config)), numLayers)).toEqual(config);
      expect(space.keptFraction(point)).toBeLessThanOrEqual(0.46);
      expect(space.keptFraction(point)).toBeGreaterThan(0.44);
    }
  });
});

it('the search begins with one step at four fifths of the depth', () => {
  const space = pyramidSpace(30, orderOf(30));
  const { schedule, recentRatio } = pyramidOf(space.config(space.start));
  expect(schedule).toEqual({ type: 'step', steps: [[24, 0.2]] });
  expect(recentRatio).toBe(0.2);
});

it('gentler steps may come before it', () => {
  const space = pyramidSpace(30, orderOf(30));
  const place = (coordinate: number, value: number) => space.coordinates[coordinate].indexOf(value);
  const point = [place(0, 24), place(1, 0.1), place(2, 0.1), 0, 0, place(5, 0.7), place(6, 0.9)];
  const { schedule } = pyramidOf(space.config(point));
  expect(schedule).toEqual({
    type: 'step',
    steps: [
      [18, 0.9],
      [21, 0.7],
      [24, 0.1],
    ],
  });
});

it('layers that are missed least are thinned first', () => {
  const space = pyramidSpace(30, orderOf(30));
  const thinned = space.config(space.start.with(3, space.coordinates[3].indexOf(6)).with(4, 2));
  expect(pyramidOf(thinned).cache?.share).toEqual([...Array(24).fill(1), ...Array(6).fill(0.5)]);
  expect(pyramidOf(space.config(space.start)).cache).toBeUndefined();
});

it('the more layers keep all, the less the others do', () => {
  const space = cacheSpace(30, 0.46, orderOf(30));
  const sharesAt = (index: number) => pyramidOf(space.config(space.start.with(1, index))).cache?.share as number[];
  expect(new Set(sharesAt(0)).size).toBe(1);
  const some = sharesAt(space.coordinates[1].indexOf(6));
  expect(some.slice(0, 6)).toEqual(Array(6).fill(1));
  expect(some[6]).toBeLessThan(sharesAt(0)[6]);
});
