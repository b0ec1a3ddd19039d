import { describe, expect, it } from 'vitest';
import type { KvStats } from '../../../engine/types.js';
import { layerOf, NO_PARTS } from '../fixtures/kv.js';
import { kvFigures } from './kv-figures.js';
import { barsOf, emptyBars, glide, rowShares } from './layer-bars.js';
import { layerColor, parseOklch, rampColor } from './layer-colors.js';

function kvOf(tokens: number, generated: number, bytesPerToken = 8): KvStats {
  return {
    tokensSeen: tokens,
    contextLength: 100,
    bytesInUse: tokens * bytesPerToken,
    bytesAllocated: 1000,
    fullFp16Bytes: tokens * 4,
    keptFraction: 1,
    dtype: 'float32',
    compression: { preset: 'off' },
    budgetBytes: null,
    generatedTokens: generated,
    reading: false,
    drops: 0,
    layers: [
      layerOf({ context: tokens - generated, generated }),
      layerOf({ context: Math.min(3, tokens) - Math.min(2, generated), generated: Math.min(2, generated) }),
    ],
  };
}

describe('bars', () => {
  it('splits each layer into what was read and what was written', () => {
    expect(barsOf(kvOf(10, 4)).layers).toEqual([
      { parts: { ...NO_PARTS, context: 6, generated: 4 }, tokens: 10 },
      { parts: { ...NO_PARTS, context: 1, generated: 2 }, tokens: 3 },
    ]);
  });

  it('says what idle time is about to drop, where a layer holds more than is planned for it', () => {
    expect(barsOf(kvOf(10, 0), [4, 5]).layers.map(({ leaving }) => leaving)).toEqual([6, 0]);
  });

  it('stands for the whole prompt while layer after layer is read', () => {
    const kv = kvOf(40, 0);
    const reading = barsOf({ ...kv, layers: [kv.layers[0], layerOf({})] });
    expect(reading).toEqual({
      scale: 40,
      layers: [
        { parts: { ...NO_PARTS, context: 40 }, tokens: 40 },
        { parts: NO_PARTS, tokens: 0 },
      ],
    });
  });
});

describe('a few rows for many layers', () => {
  const pyramid = (...tokens: number[]): KvStats => ({
    ...kvOf(100, 0),
    layers: tokens.map((each) => layerOf({ context: each })),
  });

  it('hold what their layers hold on average', () => {
    expect(rowShares(pyramid(100, 50, 20, 10), 2)).toEqual([0.75, 0.15]);
    expect(rowShares(pyramid(100, 50, 20), 2)).toEqual([1, 0.35]);
  });

  it('repeat a layer where there are more rows than layers, and are empty where nothing is held', () => {
    expect(rowShares(pyramid(100, 20), 4)).toEqual([1, 1, 0.2, 0.2]);
    expect(rowShares(null, 3)).toEqual([0, 0, 0]);
    expect(rowShares(kvOf(0, 0), 2)).toEqual([0, 0]);
  });
});

describe('gliding', () => {
  const from = barsOf(kvOf(10, 0));
  const to = barsOf(kvOf(20, 10));

  it('goes from the one to the other, its counts exact at once', () => {
    const half = glide(from, to, 0.5);
    expect(half.scale).toBe(15);
    expect(half.layers[0]).toEqual({ parts: { ...NO_PARTS, context: 10, generated: 5 }, tokens: 20, leaving: 0 });
    expect(glide(from, to, 1)).toBe(to);
  });

  it('shrinks to nothing, and grows from nothing, in a steady scale', () => {
    expect(glide(from, emptyBars(2), 0.5)).toMatchObject({ scale: 10, layers: [{ parts: { context: 5 } }, {}] });
    const grown = { scale: 20, layers: [{ parts: { context: 5, generated: 5 } }, {}] };
    expect(glide(emptyBars(2), to, 0.5)).toMatchObject(grown);
  });

  it('drops what was about to be dropped', () => {
    const before = barsOf(kvOf(10, 0), [4, 3]);
    expect(glide(before, barsOf(kvOf(4, 0)), 0.5).layers[0]).toMatchObject({ parts: { context: 7 }, leaving: 3 });
  });

  it('does not glide between models of different depth', () => {
    expect(glide(emptyBars(3), to, 0.2)).toBe(to);
  });
});

describe('the two factors', () => {
  it('tells a full float32 cache as twice a full fp16 cache, which lies at half of the gauge', () => {
    expect(kvFigures(kvOf(50, 0))).toEqual({
      tokenFraction: 1,
      valueFraction: 2,
      byteFraction: 2,
      gauge: { filled: 1, fullMark: 0.5 },
      contextFraction: 0.5,
    });
  });

  it('fills the gauge in part below a full cache', () => {
    const kv = { ...kvOf(50, 0, 2), keptFraction: 0.8 };
    const { gauge, valueFraction, tokenFraction, byteFraction } = kvFigures(kv);
    expect(gauge).toEqual({ filled: 0.5, fullMark: 1 });
    expect(tokenFraction * (valueFraction ?? 0)).toBeCloseTo(byteFraction);
  });

  it('divides nothing by nothing for an empty cache', () => {
    expect(kvFigures(kvOf(0, 0))).toMatchObject({ tokenFraction: 0, valueFraction: null, byteFraction: 0 });
  });
});

describe('colours', () => {
  it('reads tokens and ends on the ramp’s ends', () => {
    const ramp = ['oklch(0.625 0.14 150)', 'oklch(42.5% 0.14 350)'].map(parseOklch);
    expect(ramp[1]).toEqual({ l: 0.425, c: 0.14, h: 350 });
    expect(layerColor(ramp, 0, 30)).toBe('oklch(0.6250 0.1400 150.00)');
    expect(layerColor(ramp, 29, 30)).toBe('oklch(0.4250 0.1400 350.00)');
    expect(layerColor(ramp, 0, 1)).toBe('oklch(0.6250 0.1400 150.00)');
  });

  it('turns the hue the shorter way', () => {
    const ramp = [
      { l: 0.5, c: 0.1, h: 350 },
      { l: 0.5, c: 0.1, h: 10 },
    ];
    expect(layerColor(ramp, 1, 3)).toBe('oklch(0.5000 0.1000 0.00)');
  });

  it('mixes the same places in CSS', () => {
    expect(rampColor(0)).toContain('var(--ramp-0) 100.0%');
    expect(rampColor(1)).toContain('var(--ramp-3) 0.0%, var(--ramp-4)');
  });
});
