// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { layerOf } from '../fixtures/kv.js';
import type { LayerBars } from './layer-bars.js';
import { stripGeometry } from './layer-geometry.js';
import { createLayerPainter } from './layer-painter.js';

const GEOMETRY = stripGeometry(1, 100, 10);
const barOf = (context: number): LayerBars => ({ scale: 100, layers: [layerOf({ context })] });

/** Widths of the bar, frame by frame; jsdom draws nothing, so a context that notes what it is told stands for its. */
let widths: number[];
/** Callbacks that wait for the next frame. */
let waiting: FrameRequestCallback[];
let reduced: boolean;
let now: number;

function canvas(): HTMLCanvasElement {
  const element = document.createElement('canvas');
  const fills: number[] = [];
  const context = {
    setTransform: () => undefined,
    clearRect: () => fills.splice(0),
    fillRect: (_x: number, _y: number, width: number) => fills.push(width),
    strokeRect: () => undefined,
  };
  element.getContext = (() => ({
    ...context,
    // The labels come last.
    set textBaseline(_value: string) {
      widths.push(fills.at(-1) ?? 0);
    },
  })) as unknown as HTMLCanvasElement['getContext'];
  return element;
}

function frame(atMs: number): void {
  now = atMs;
  for (const callback of waiting.splice(0)) callback(now);
}

beforeEach(() => {
  [widths, waiting, reduced, now] = [[], [], false, 0];
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => waiting.push(callback));
  vi.stubGlobal('cancelAnimationFrame', () => waiting.splice(0));
  vi.stubGlobal('matchMedia', () => ({ matches: reduced }));
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('the painter', () => {
  it('glides to new bars, and asks for frames until it is there', () => {
    const painter = createLayerPainter(canvas(), GEOMETRY, barOf(0));
    frame(0);
    painter.show(barOf(60));
    frame(50);
    frame(100);
    frame(150);
    expect(widths.map(Math.round)).toEqual([0, 20, 40, 60]);
    expect(waiting).toHaveLength(0);
  });

  it('jumps where motion is not wanted', () => {
    reduced = true;
    const painter = createLayerPainter(canvas(), GEOMETRY, barOf(0));
    frame(0);
    painter.show(barOf(60));
    frame(16);
    expect(widths).toEqual([0, 60]);
    expect(waiting).toHaveLength(0);
  });

  it('draws once a frame whatever has changed, and not after its end', () => {
    const painter = createLayerPainter(canvas(), GEOMETRY, barOf(10));
    painter.hover(0);
    painter.resize(GEOMETRY);
    expect(waiting).toHaveLength(1);
    painter.dispose();
    frame(16);
    expect(widths).toEqual([]);
  });
});
