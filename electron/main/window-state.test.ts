import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MIN_HEIGHT, MIN_WIDTH, placeQuick, placeWindow } from './window-state.js';

const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const second = { x: 1920, y: 0, width: 1280, height: 1024 };

test('the first window is centred by the system at its usual size', () => {
  expect(placeWindow(null, [screen])).toEqual({ width: 1280, height: 800 });
});

test('the first window fits a small screen', () => {
  expect(placeWindow(null, [{ x: 0, y: 0, width: 1024, height: 700 }])).toEqual({ width: 1024, height: 700 });
});

test('a window comes back where it was, on whichever screen', () => {
  const left = { x: 100, y: 50, width: 900, height: 600, maximized: false };
  expect(placeWindow(left, [screen])).toEqual({ x: 100, y: 50, width: 900, height: 600 });
  const right = { ...left, x: 2000 };
  expect(placeWindow(right, [screen, second])).toEqual({ x: 2000, y: 50, width: 900, height: 600 });
});

test('a window whose screen is gone is centred with its size', () => {
  const right = { x: 2000, y: 50, width: 900, height: 600, maximized: false };
  expect(placeWindow(right, [screen])).toEqual({ width: 900, height: 600 });
});

test.each([
  ['above', { x: 100, y: -200 }],
  ['below', { x: 100, y: 1075 }],
  ['left of', { x: -880, y: 100 }],
  ['right of', { x: 1900, y: 100 }],
])('a window whose title bar is %s the screen is centred', (_where, place) => {
  expect(placeWindow({ ...place, width: 900, height: 600, maximized: false }, [screen])).toEqual({
    width: 900,
    height: 600,
  });
});

test('no window is smaller than the page can show, nor has a place without a screen under it', () => {
  const numbers = fc.integer({ min: -5000, max: 5000 });
  const sizes = fc.integer({ min: 1, max: 5000 });
  fc.assert(
    fc.property(numbers, numbers, sizes, sizes, (x, y, width, height) => {
      const place = placeWindow({ x, y, width, height, maximized: false }, [screen, second]);
      expect(place.width).toBeGreaterThanOrEqual(MIN_WIDTH);
      expect(place.height).toBeGreaterThanOrEqual(MIN_HEIGHT);
      if (place.x !== undefined) {
        expect(place.x).toBeLessThan(second.x + second.width);
        expect(place.x + place.width).toBeGreaterThan(0);
        expect(place.y).toBeGreaterThanOrEqual(0);
        expect(place.y).toBeLessThan(screen.height);
      }
    }),
  );
});

test('the small window comes in the middle of the screen, a little above it, and fits a tiny one', () => {
  expect(placeQuick({ x: 1920, y: 100, width: 1440, height: 900 })).toEqual({
    x: 2320,
    y: 260,
    width: 640,
    height: 420,
  });
  expect(placeQuick({ x: 0, y: 0, width: 600, height: 400 })).toEqual({ x: 0, y: 0, width: 600, height: 400 });
});
