import { drawLayers, type LayerTheme } from './draw-layers.js';
import { glide, type LayerBars } from './layer-bars.js';
import { parseOklch } from './layer-colors.js';
import type { LayerGeometry } from './layer-geometry.js';

const GLIDE_MS = 150;

export interface LayerPainter {
  /** Glides to these bars, or jumps where motion is not wanted. */
  show(bars: LayerBars): void;
  hover(layer: number | null): void;
  resize(geometry: LayerGeometry): void;
  /** Reads the colours of the page again. */
  rereadTheme(): void;
  dispose(): void;
}

/** Keeps a canvas showing layer bars, sharp at the screen's pixel ratio, at most once a frame. */
export function createLayerPainter(canvas: HTMLCanvasElement, start: LayerGeometry, bars: LayerBars): LayerPainter {
  let geometry = start;
  let theme = readTheme(canvas);
  let hovered: number | null = null;
  let shown = bars;
  let motion: { from: LayerBars; to: LayerBars; since: number } | null = null;
  let frame: number | null = null;
  const reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)');

  function draw(now: number): void {
    frame = null;
    if (motion) {
      const share = (now - motion.since) / GLIDE_MS;
      shown = glide(motion.from, motion.to, Math.max(0, share));
      if (share >= 1) motion = null;
    }
    const context = canvas.getContext('2d');
    if (!context) return;
    const pixelRatio = window.devicePixelRatio || 1;
    fitCanvas(canvas, geometry, pixelRatio);
    drawLayers(context, shown, { geometry, pixelRatio }, theme, hovered);
    if (motion) request();
  }

  function request(): void {
    frame ??= requestAnimationFrame(draw);
  }

  request();
  void document.fonts?.ready.then(request);
  return {
    show(next) {
      motion = reducedMotion.matches ? null : { from: shown, to: next, since: performance.now() };
      if (!motion) shown = next;
      request();
    },
    hover(layer) {
      hovered = layer;
      request();
    },
    resize(next) {
      geometry = next;
      request();
    },
    rereadTheme() {
      theme = readTheme(canvas);
      request();
    },
    dispose() {
      if (frame !== null) cancelAnimationFrame(frame);
    },
  };
}

function fitCanvas(canvas: HTMLCanvasElement, { width, height }: LayerGeometry, pixelRatio: number): void {
  const columns = Math.round(width * pixelRatio);
  const rows = Math.round(height * pixelRatio);
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
}

function readTheme(element: HTMLElement): LayerTheme {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ramp: [0, 1, 2, 3, 4].map((stop) => parseOklch(read(`--ramp-${stop}`))),
    outline: read('--line-2'),
    outlineFill: read('--bg-well'),
    hatch: read('--hatch'),
    leaving: read('--leaving'),
    sinks: read('--text'),
    pinned: read('--accent'),
    label: read('--text-3'),
    value: read('--text-2'),
    highlight: read('--accent-soft'),
    highlightLine: read('--accent-ink'),
    font: `11px ${read('--font-mono')}`,
  };
}
