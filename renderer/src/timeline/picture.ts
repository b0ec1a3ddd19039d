import uPlot from 'uplot';
import { bytesOf } from '../../../engine/trace/replay.js';
import type { Trace } from '../../../engine/trace/schema.js';
import { formatBytes, formatTokens } from '../format.js';
import { modelName } from '../model/model-label.js';
import { t } from '../words.js';
import { apart, axisLabels } from './axis-labels.js';
import { groupName, layerGroups, messageCount, mostBytes, timelineSeries, traceSpan, turnMarks } from './bands.js';
import { plotColumns, plotOptions } from './plot.js';
import { readTimelineTheme } from './theme.js';

/** Pixels of the picture for each of the layout's. */
const SCALE = 2;
const WIDTH = 720;
const MARGIN = 24;
/** At the chart's right. */
const SIZES_ROOM = 64;
const PLOT = { top: 64, width: WIDTH - 2 * MARGIN - SIZES_ROOM, height: 200 };
const HEIGHT = PLOT.top + PLOT.height + 68;

/** The timeline with its legend in the page's colours, as a PNG at twice its size. */
export async function timelinePicture(trace: Trace): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [WIDTH * SCALE, HEIGHT * SCALE];
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This window has no canvas.');
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  context.scale(SCALE, SCALE);
  context.fillStyle = read('--bg-panel');
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.drawImage(await plotImage(trace), MARGIN, PLOT.top, PLOT.width, PLOT.height);
  drawWords(context, trace, read);
  drawLegend(context, trace, read);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('The picture could not be made.');
  return new Uint8Array(await blob.arrayBuffer());
}

async function plotImage(trace: Trace): Promise<HTMLCanvasElement> {
  const theme = readTimelineTheme(document.documentElement, layerGroups(trace.model.layers), trace.model.layers);
  const frame = { ...traceSpan(trace), mostBytes: mostBytes(trace), marks: turnMarks(trace) };
  const size = { width: PLOT.width * SCALE, height: PLOT.height * SCALE, scale: SCALE };
  const plot = new uPlot(
    plotOptions(size, theme, () => frame),
    plotColumns(timelineSeries(trace)),
  );
  // It draws in a microtask of its own.
  await new Promise((resolve) => setTimeout(resolve));
  return plot.ctx.canvas;
}

function drawWords(context: CanvasRenderingContext2D, trace: Trace, read: (name: string) => string): void {
  const { startMs, endMs } = traceSpan(trace);
  const last = trace.samples[trace.samples.length - 1];
  const write = (text: string, x: number, y: number, color: string, align: CanvasTextAlign = 'left') => {
    context.textAlign = align;
    context.fillStyle = read(color);
    context.fillText(text, x, y, WIDTH - 2 * MARGIN);
  };
  context.font = `600 15px ${read('--font-ui')}`;
  const sizes = { bytes: formatBytes(bytesOf(last)), usual: formatBytes(last.fullFp16Bytes) };
  write(t('timeline.picture.title', sizes), MARGIN, 32, '--text');
  context.font = `12px ${read('--font-ui')}`;
  const about = {
    model: modelName(trace.model.file),
    tokens: formatTokens(last.tokensSeen),
    messages: messageCount(trace),
    day: trace.createdAt.slice(0, 10),
  };
  write(t('timeline.picture.of', about), MARGIN, 51, '--text-2');
  context.font = `11px ${read('--font-mono')}`;
  const axis = PLOT.top + PLOT.height + 16;
  const toX = (ms: number) => ((ms - startMs) / (endMs - startMs)) * PLOT.width;
  for (const { text, left } of axisLabels(turnMarks(trace), endMs, PLOT.width, toX)) {
    write(text, MARGIN + left, axis, '--text-3');
  }
  drawSizes(trace, (text, y, color) => write(text, WIDTH - MARGIN, PLOT.top + y, color, 'right'));
}

/** What the cache takes at the end, and what the usual one would, beside the chart at their heights. */
function drawSizes(trace: Trace, write: (text: string, y: number, color: string) => void): void {
  const last = trace.samples[trace.samples.length - 1];
  const toY = (bytes: number) => PLOT.height * (1 - bytes / mostBytes(trace)) + 4;
  const sizes = [
    { bytes: last.fullFp16Bytes, color: '--text-3' },
    { bytes: bytesOf(last), color: '--text' },
  ].toSorted((a, b) => b.bytes - a.bytes);
  const heights = apart(toY(sizes[0].bytes), toY(sizes[1].bytes), 14, PLOT.height);
  for (const [i, { bytes, color }] of sizes.entries()) write(formatBytes(bytes), heights[i], color);
}

function drawLegend(context: CanvasRenderingContext2D, { model }: Trace, read: (name: string) => string): void {
  const groups = layerGroups(model.layers);
  const { bands, full } = readTimelineTheme(document.documentElement, groups, model.layers);
  const y = HEIGHT - 22;
  let x = MARGIN;
  context.font = `12px ${read('--font-ui')}`;
  context.textAlign = 'left';
  const name = (text: string) => {
    context.fillStyle = read('--text-2');
    context.fillText(text, x + 17, y);
    x += 17 + context.measureText(text).width + 16;
  };
  groups.forEach((group, i) => {
    context.fillStyle = bands[i];
    context.fillRect(x, y - 8, 12, 8);
    name(groupName(group));
  });
  context.strokeStyle = full;
  context.lineWidth = 1.25;
  context.setLineDash([3, 2.5]);
  context.beginPath();
  context.moveTo(x, y - 4);
  context.lineTo(x + 13, y - 4);
  context.stroke();
  name(t('timeline.picture.usual'));
}
