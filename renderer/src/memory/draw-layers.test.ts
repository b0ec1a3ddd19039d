import { describe, expect, it } from 'vitest';
import { layerOf } from '../fixtures/kv.js';
import { drawLayers, type LayerContext, type LayerTheme } from './draw-layers.js';
import { barsOf, emptyBars, type LayerBars } from './layer-bars.js';
import { barTop, panelGeometry, stripGeometry } from './layer-geometry.js';

const THEME: LayerTheme = {
  ramp: [150, 190, 240, 275, 300].map((h) => ({ l: 0.5, c: 0.1, h })),
  outline: 'outline',
  outlineFill: 'outlineFill',
  hatch: 'hatch',
  leaving: 'leaving',
  sinks: 'sinks',
  pinned: 'pinned',
  label: 'label',
  value: 'value',
  highlight: 'highlight',
  highlightLine: 'highlightLine',
  font: '11px mono',
};

interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
  style: string;
}

/** A context that remembers what was drawn on it. */
function recorder() {
  const filled: Rect[] = [];
  const outlined: Rect[] = [];
  const texts: { text: string; style: string }[] = [];
  const lines: { x: number; style: string }[] = [];
  const context: LayerContext = {
    fillStyle: '',
    strokeStyle: '',
    lineWidth: 0,
    font: '',
    textAlign: 'left',
    textBaseline: 'top',
    setTransform: () => undefined,
    clearRect: () => undefined,
    fillRect: (x, y, width, height) => filled.push({ x, y, width, height, style: String(context.fillStyle) }),
    strokeRect: (x, y, width, height) => outlined.push({ x, y, width, height, style: String(context.strokeStyle) }),
    beginPath: () => undefined,
    moveTo: (x) => lines.push({ x, style: String(context.strokeStyle) }),
    lineTo: () => undefined,
    stroke: () => undefined,
    fillText: (text) => texts.push({ text, style: String(context.fillStyle) }),
  };
  return { context, filled, outlined, texts, lines };
}

function kv(layers: number, tokens: number, generated: number): LayerBars {
  return barsOf({
    tokensSeen: tokens,
    contextLength: 8192,
    bytesInUse: 0,
    bytesAllocated: 0,
    fullFp16Bytes: 0,
    keptFraction: 1,
    dtype: 'float32',
    budgetBytes: null,
    generatedTokens: generated,
    reading: false,
    drops: 0,
    layers: Array.from({ length: layers }, () => layerOf({ context: tokens - generated, generated })),
  });
}

const draw = (bars: LayerBars, geometry = panelGeometry(30, 328), hovered: number | null = null) => {
  const seen = recorder();
  drawLayers(seen.context, bars, { geometry, pixelRatio: 2 }, THEME, hovered);
  return { ...seen, geometry };
};
const bodies = (filled: readonly Rect[]) => filled.filter(({ style }) => style.startsWith('oklch'));

describe('drawing the layers', () => {
  it('draws one bar a layer, layer 0 at the bottom, over the outline of its full length', () => {
    const { filled, outlined, geometry } = draw(kv(30, 100, 0));
    expect(bodies(filled)).toHaveLength(30);
    expect(outlined).toHaveLength(30);
    const [first, ...rest] = bodies(filled);
    expect(first.y).toBe(barTop(geometry, 0));
    expect(rest.every(({ y }) => y < first.y)).toBe(true);
    expect(first).toMatchObject({ x: geometry.left, width: geometry.right - geometry.left });
  });

  it('draws a bar as long as its share of the scale', () => {
    const { filled, geometry } = draw({ ...kv(30, 50, 0), scale: 200 });
    expect(bodies(filled)[0].width).toBeCloseTo((geometry.right - geometry.left) / 4);
  });

  it('hatches the generated part only, up to the end of the bar', () => {
    const { filled, geometry } = draw(kv(30, 100, 25));
    const hatches = filled.filter(({ style }) => style === 'hatch');
    const split = geometry.left + (geometry.right - geometry.left) * 0.75;
    expect(Math.min(...hatches.map(({ x }) => x))).toBeCloseTo(split);
    expect(Math.max(...hatches.map(({ x, width }) => x + width))).toBeLessThanOrEqual(geometry.right);
  });

  it('draws sinks and pins at the left, wide enough to be seen, and the recent window in diagonals', () => {
    const parts = { sinks: 4, pinned: 1, context: 5995, recent: 3000, generated: 1000 };
    const bar = { parts, tokens: 10_000 };
    const { filled, lines, geometry } = draw({ scale: 10_000, layers: [bar] }, panelGeometry(1, 328));
    const [sinks, pinned] = ['sinks', 'pinned'].map((part) => filled.find(({ style }) => style === part));
    expect(sinks).toMatchObject({ x: geometry.left, width: 2 });
    expect(pinned).toMatchObject({ x: geometry.left + 2, width: 4 });
    const perToken = (geometry.right - geometry.left) / 10_000;
    expect(Math.min(...lines.map(({ x }) => x))).toBeCloseTo(geometry.left + 6000 * perToken);
    expect(Math.max(...lines.map(({ x }) => x))).toBeLessThan(geometry.left + 9000 * perToken);
    expect(lines.every(({ style }) => style === 'hatch')).toBe(true);
    const whole = bodies(filled)[0];
    expect(whole.x + whole.width).toBeCloseTo(geometry.right);
  });

  it.each([
    [30, 400, 700],
    [80, 100, 900],
  ])('lightens what is about to go: %d of the context first, then of the recent window', (leaving, from, to) => {
    const parts = { sinks: 0, pinned: 10, context: 60, recent: 20, generated: 10 };
    const layers = [{ parts, tokens: 100, leaving }];
    const { filled, geometry } = draw({ scale: 100, layers }, panelGeometry(1, 1000));
    const [veil] = filled.filter(({ style }) => style === 'leaving');
    const perMille = (geometry.right - geometry.left) / 1000;
    expect(veil.x).toBeCloseTo(geometry.left + from * perMille);
    expect(veil.x + veil.width).toBeCloseTo(geometry.left + to * perMille);
  });

  it('lets sinks and pins of a small bar take next to nothing of its length', () => {
    const bar = { parts: { sinks: 4, pinned: 13, context: 163, recent: 0, generated: 0 }, tokens: 180 };
    const { filled, geometry } = draw({ scale: 3600, layers: [bar] }, stripGeometry(1, 32, 270));
    const ends = filled.map(({ x, width }) => x + width);
    expect(Math.max(...ends)).toBeLessThan(geometry.left + 2.4);
  });

  it('names every sixth of 30 layers and the last, with their exact tokens', () => {
    const { texts } = draw(kv(30, 2184, 10));
    expect(texts.filter(({ style }) => style === 'label').map(({ text }) => text)).toEqual([
      '0',
      '6',
      '12',
      '18',
      '24',
      '29',
    ]);
    expect(texts.filter(({ style }) => style === 'value').map(({ text }) => text)).toEqual(Array(6).fill('2,184'));
  });

  it('draws outlines only for an empty cache', () => {
    const { filled, outlined, texts } = draw(emptyBars(30));
    expect(filled).toEqual([]);
    expect(outlined).toHaveLength(30);
    expect(texts.every(({ style }) => style === 'label')).toBe(true);
  });

  it('marks the layer that is looked at', () => {
    const { outlined, filled } = draw(kv(30, 10, 0), panelGeometry(30, 328), 26);
    expect(outlined.filter(({ style }) => style === 'highlightLine')).toHaveLength(1);
    expect(filled.filter(({ style }) => style === 'highlight')).toHaveLength(1);
  });

  it.each([1, 2, 7, 24, 30, 32, 80, 120])('draws %d layers inside the canvas', (layers) => {
    for (const geometry of [panelGeometry(layers, 328), stripGeometry(layers, 32, 270)]) {
      const { filled, outlined } = draw(kv(layers, 64, 16), geometry);
      expect(bodies(filled)).toHaveLength(layers);
      for (const { x, y, width, height } of [...filled, ...outlined]) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(geometry.width + 1e-6);
        expect(y + height).toBeLessThanOrEqual(geometry.height + 1e-6);
      }
    }
  });
});
