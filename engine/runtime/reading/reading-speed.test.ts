import { expect, it } from 'vitest';
import { attentionShareOf, ReadingSpeed } from './reading-speed.js';

const SHARE = 2.5e-4;

it('knows nothing before something was read, and does not learn from a few tokens or from the warm-up', () => {
  const speed = new ReadingSpeed(SHARE);
  speed.note(35, 0, 800);
  speed.note(3, 0, 100);
  expect(speed.estimate(100, 0)).toBeNull();
});

it('gives back what was measured, and more for each token of a longer text', () => {
  const speed = new ReadingSpeed(SHARE);
  speed.note(1000, 0, 2250);
  expect(speed.estimate(1000, 0)).toBeCloseTo(2250);
  // 2 ms a token, and .0005 for each that it attends.
  expect(speed.estimate(4000, 0)).toBeCloseTo(4000 * (2 + 0.0005 * 2000));
  expect(speed.estimate(100, 6000)).toBeCloseTo(100 * (2 + 0.0005 * 6050));
});

it('goes by the last few readings, the long ones most', () => {
  const speed = new ReadingSpeed(0);
  speed.note(1000, 0, 9000);
  for (let reading = 0; reading < 4; reading++) speed.note(100, 0, 400);
  speed.note(1600, 0, 3200);
  expect(speed.estimate(100, 0)).toBeCloseTo((100 * (4 * 400 + 3200)) / 2000);
});

it('counts attention against the weights', () => {
  const share = attentionShareOf({ parameters: 134_515_008, layers: 30, numHeads: 9, headDim: 64 });
  expect(share).toBeCloseTo(2.57e-4, 6);
});
