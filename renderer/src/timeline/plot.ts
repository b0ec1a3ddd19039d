import uPlot from 'uplot';
import type { TimelineSeries, TurnMark } from './bands.js';

export interface TimelineTheme {
  /** Of the groups, layer 0's first. */
  bands: readonly string[];
  /** Between bands. */
  gap: string;
  full: string;
  axis: string;
  mark: string;
}

export interface PlotSize {
  width: number;
  height: number;
  /** Of all lines, beside what they are on screen. */
  scale: number;
}

/** What is drawn, beside the series themselves. */
export interface PlotFrame {
  startMs: number;
  endMs: number;
  mostBytes: number;
  marks: readonly TurnMark[];
}

/** Room above the highest value, pixels. */
const HEADROOM = 4;

/** uPlot's columns: the tallest band first, so that lower ones are painted over it; the full cache last. */
export function plotColumns({ times, tops, full }: TimelineSeries): uPlot.AlignedData {
  return [times, ...tops.toReversed(), full];
}

/** A chart without axes or cursor of its own: labels and handle are the page's. `frame`: as it is when it is drawn. */
export function plotOptions(
  { width, height, scale }: PlotSize,
  theme: TimelineTheme,
  frame: () => PlotFrame,
): uPlot.Options {
  const bands = theme.bands.toReversed().map(
    (fill): uPlot.Series => ({
      fill,
      stroke: theme.gap,
      width: 0.75 * scale,
      points: { show: false },
    }),
  );
  const full: uPlot.Series = {
    stroke: theme.full,
    width: 1.25 * scale,
    dash: [3 * scale, 2.5 * scale],
    points: { show: false },
  };
  return {
    width,
    height,
    padding: [HEADROOM * scale, 0, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: {
      x: { time: false, range: () => [frame().startMs / 1000, frame().endMs / 1000] },
      y: { range: () => [0, frame().mostBytes] },
    },
    series: [{}, ...bands, full],
    hooks: { draw: [(plot) => drawMarks(plot, theme, frame(), scale)] },
  };
}

/** Turns as thin lines, the ends of their prompts dotted, and the axis. */
function drawMarks(plot: uPlot, theme: TimelineTheme, { startMs, marks }: PlotFrame, scale: number): void {
  const { ctx, bbox } = plot;
  const thickness = scale * uPlot.pxRatio;
  const bottom = bbox.top + bbox.height;
  const upright = (ms: number, dash: number[], color: string) => {
    const x = Math.round(plot.valToPos(ms / 1000, 'x', true)) + 0.5;
    line(ctx, [x, bbox.top, x, bottom], dash, color);
  };
  ctx.save();
  ctx.lineWidth = thickness;
  for (const { startMs: start, promptEndMs } of marks) {
    if (start > startMs) upright(start, [], theme.mark);
    if (promptEndMs !== null) upright(promptEndMs, [thickness, 2 * thickness], theme.mark);
  }
  line(ctx, [bbox.left, bottom - thickness / 2, bbox.left + bbox.width, bottom - thickness / 2], [], theme.axis);
  ctx.restore();
}

function line(
  context: CanvasRenderingContext2D,
  [fromX, fromY, toX, toY]: number[],
  dash: number[],
  color: string,
): void {
  context.setLineDash(dash);
  context.strokeStyle = color;
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}
