import { formatCount } from '../format.js';
import { type LayerBar, type LayerBars, PART_ORDER } from './layer-bars.js';
import { layerColor, type Oklch } from './layer-colors.js';
import { barTop, type LayerGeometry } from './layer-geometry.js';

export interface LayerTheme {
  /** Layer 0's colour first. */
  ramp: readonly Oklch[];
  outline: string;
  outlineFill: string;
  /** Laid over a part's colour as a pattern. */
  hatch: string;
  /** Laid over what is about to be dropped. */
  leaving: string;
  sinks: string;
  pinned: string;
  label: string;
  value: string;
  highlight: string;
  highlightLine: string;
  font: string;
}

/** The parts of the 2D context that drawing needs. */
export type LayerContext = Pick<
  CanvasRenderingContext2D,
  | 'clearRect'
  | 'fillRect'
  | 'strokeRect'
  | 'fillText'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'stroke'
  | 'setTransform'
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
>;

export interface LayerSize {
  geometry: LayerGeometry;
  pixelRatio: number;
}

const STRIPE = 1.3;
const STRIPE_STEP = 3;
const DIAGONAL_STEP = 4;
/** Sinks and pins are few, and must be seen; of a small bar they would hide how long it is. */
const LEAST_WIDTH = { sinks: 2, pinned: 4 };
const LEAST_OF_SMALL = { sinks: 0.75, pinned: 1 };
const SMALL = 160;

/** Draws one bar a layer, layer 0 at the bottom, its full length outlined behind it. `hovered`: a layer, or null. */
export function drawLayers(
  context: LayerContext,
  bars: LayerBars,
  { geometry, pixelRatio }: LayerSize,
  theme: LayerTheme,
  hovered: number | null = null,
): void {
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.clearRect(0, 0, geometry.width, geometry.height);
  for (let layer = 0; layer < geometry.layers; layer++) {
    drawOutline(context, geometry, theme, layer, layer === hovered);
    drawParts(context, bars, geometry, theme, layer);
  }
  drawLabels(context, bars, geometry, theme);
}

function drawOutline(
  context: LayerContext,
  geometry: LayerGeometry,
  theme: LayerTheme,
  layer: number,
  isHovered: boolean,
): void {
  const { left, right, barHeight, width } = geometry;
  const top = barTop(geometry, layer);
  if (isHovered) {
    context.fillStyle = theme.highlight;
    context.fillRect(0, top - 1, width, barHeight + 2);
  }
  if (barHeight <= 3) {
    context.fillStyle = isHovered ? theme.highlightLine : theme.outlineFill;
    context.fillRect(left, top, right - left, barHeight);
    return;
  }
  context.lineWidth = 1;
  context.strokeStyle = isHovered ? theme.highlightLine : theme.outline;
  context.strokeRect(left + 0.5, top + 0.5, right - left - 1, barHeight - 1);
}

function drawParts(
  context: LayerContext,
  bars: LayerBars,
  geometry: LayerGeometry,
  theme: LayerTheme,
  layer: number,
): void {
  const bar = bars.layers[layer];
  if (!bar || bars.scale <= 0) return;
  const { left, right, barHeight, layers } = geometry;
  const top = barTop(geometry, layer);
  const perToken = (right - left) / bars.scale;
  const ends = partEnds(bar, left, right, perToken);
  context.fillStyle = layerColor(theme.ramp, layer, layers);
  context.fillRect(left, top, ends.generated - left, barHeight);
  if (ends.sinks > left) {
    context.fillStyle = theme.sinks;
    context.fillRect(left, top, ends.sinks - left, barHeight);
  }
  if (ends.pinned > ends.sinks) {
    context.fillStyle = theme.pinned;
    context.fillRect(ends.sinks, top, ends.pinned - ends.sinks, barHeight);
  }
  if (geometry.patterns) drawPatterns(context, theme, ends, top, barHeight);
  if (!bar.leaving) return;
  // What goes is of the context, and of the recent window only where that is not enough.
  const from = Math.max(ends.pinned, ends.context - bar.leaving * perToken);
  const to = Math.min(ends.recent, from + bar.leaving * perToken);
  context.fillStyle = theme.leaving;
  context.fillRect(from, top, to - from, barHeight);
}

function drawPatterns(
  context: LayerContext,
  theme: LayerTheme,
  ends: Record<'context' | 'recent' | 'generated', number>,
  top: number,
  height: number,
): void {
  drawDiagonals(context, theme, ends.context, ends.recent, top, height);
  context.fillStyle = theme.hatch;
  for (let x = ends.recent; x < ends.generated; x += STRIPE_STEP) {
    context.fillRect(x, top, Math.min(STRIPE, ends.generated - x), height);
  }
}

/** Where each part of a bar ends, pixels; what sinks and pins get beyond their share, the context gives. */
function partEnds(bar: LayerBar, left: number, right: number, perToken: number) {
  const ends = { sinks: left, pinned: left, context: left, recent: left, generated: left };
  const few = right - left < SMALL ? LEAST_OF_SMALL : LEAST_WIDTH;
  const least = { ...few, context: 0, recent: 0, generated: 0 };
  let [tokens, end] = [0, left];
  for (const part of PART_ORDER) {
    const count = bar.parts[part];
    tokens += count;
    const wanted = left + tokens * perToken;
    if (count > 0) end = Math.max(wanted, end + Math.min(least[part], right - end));
    end = Math.min(right, end);
    ends[part] = end;
  }
  return ends;
}

function drawDiagonals(
  context: LayerContext,
  { hatch }: LayerTheme,
  from: number,
  to: number,
  top: number,
  height: number,
): void {
  if (to - from < height) return;
  context.strokeStyle = hatch;
  context.lineWidth = STRIPE;
  context.beginPath();
  for (let x = from; x + height <= to; x += DIAGONAL_STEP) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
}

function drawLabels(context: LayerContext, bars: LayerBars, geometry: LayerGeometry, theme: LayerTheme): void {
  context.font = theme.font;
  context.textAlign = 'right';
  context.textBaseline = 'alphabetic';
  for (const layer of geometry.labelled) {
    const base = barTop(geometry, layer) + geometry.barHeight / 2 + 3.8;
    context.fillStyle = theme.label;
    context.fillText(String(layer), geometry.left - 8, base);
    const bar = bars.layers[layer];
    if (!bar || bars.scale <= 0) continue;
    context.fillStyle = theme.value;
    context.fillText(formatCount(bar.tokens), geometry.width, base);
  }
}
