import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import { bytesOf } from '../../../engine/trace/replay.js';
import type { Trace } from '../../../engine/trace/schema.js';
import { formatBytes, formatMoment, formatTokens } from '../format.js';
import { appStore, useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { apart, axisLabels } from './axis-labels.js';
import { layerGroups, mostBytes, timelineSeries, traceSpan, turnMarks } from './bands.js';
import { shownSample, shownTrace } from './moment.js';
import { PointedMoment } from './PointedMoment.js';
import { type PlotFrame, plotColumns, plotOptions } from './plot.js';
import { readTimelineTheme } from './theme.js';

const HEIGHT = 58;
const LABEL_ROOM = 52;
const LABEL_HEIGHT = 13;
/** Samples that the keys for larger steps go. */
const LARGE_STEP = 10;

/** Memory over time, and the handle that leads back into it. */
export function TimelineChart({ trace }: { trace: Trace }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const plotWidth = Math.max(1, width - LABEL_ROOM);
  const index = useApp(shownSample);
  const sample = trace.samples[index ?? trace.samples.length - 1];
  const { startMs, endMs } = traceSpan(trace);
  const toX = (ms: number) => ((ms - startMs) / (endMs - startMs)) * plotWidth;
  const [pointedMs, setPointedMs] = useState<number | null>(null);

  const msUnder = (event: PointerEvent<HTMLDivElement>) => {
    const share = (event.clientX - event.currentTarget.getBoundingClientRect().left) / plotWidth;
    return startMs + Math.min(1, Math.max(0, share)) * (endMs - startMs);
  };
  const onPointer = (event: PointerEvent<HTMLDivElement>) => actions.lookAt(msUnder(event));
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    onPointer(event);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    setPointedMs(msUnder(event));
    if (event.currentTarget.hasPointerCapture(event.pointerId)) onPointer(event);
  };
  return (
    <div
      ref={box}
      className="timeline"
      role="slider"
      aria-label={t('timeline.moment')}
      aria-valuemin={0}
      aria-valuemax={trace.samples.length - 1}
      aria-valuenow={index ?? trace.samples.length - 1}
      aria-valuetext={t(index === null ? 'timeline.now' : 'timeline.was', {
        moment: formatMoment(sample.ms),
        tokens: formatTokens(sample.tokensSeen),
        bytes: formatBytes(bytesOf(sample)),
      })}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setPointedMs(null)}
    >
      {width > 0 && (
        <>
          <Plot width={plotWidth} layers={trace.model.layers} />
          <SizeLabels trace={trace} shownBytes={bytesOf(sample)} shownFull={sample.fullFp16Bytes} />
          <div className={index === null ? 'handle' : 'handle past'} style={{ left: toX(sample.ms) }} />
          {pointedMs !== null && <PointedMoment trace={trace} ms={pointedMs} left={toX(pointedMs)} />}
          <div className="timeline-axis" aria-hidden="true">
            {axisLabels(turnMarks(trace), endMs, width, toX).map(({ text, left }) => (
              <span key={left} style={{ left }}>
                {text}
              </span>
            ))}
          </div>
        </>
      )}
    </div>
  );
}

function onKeyDown(event: KeyboardEvent): void {
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: 1,
    ArrowUp: 1,
    ArrowLeft: -1,
    ArrowDown: -1,
    PageUp: LARGE_STEP,
    PageDown: -LARGE_STEP,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  actions.stepMoment(step);
}

/** What is taken at the moment shown, and what a full cache would take, beside the chart at their heights. */
function SizeLabels({ trace, shownBytes, shownFull }: { trace: Trace; shownBytes: number; shownFull: number }) {
  const most = mostBytes(trace);
  const toY = (bytes: number) => HEIGHT * (1 - bytes / most);
  const isFullAbove = shownFull >= shownBytes;
  const [upper, lower] = apart(
    Math.max(LABEL_HEIGHT / 2, toY(Math.max(shownFull, shownBytes))),
    toY(Math.min(shownFull, shownBytes)),
    LABEL_HEIGHT,
    HEIGHT - LABEL_HEIGHT / 2,
  );
  return (
    <div className="timeline-sizes num" aria-hidden="true">
      <span style={{ top: isFullAbove ? upper : lower }} className="faint">
        {formatBytes(shownFull)}
      </span>
      <span style={{ top: isFullAbove ? lower : upper }}>{formatBytes(shownBytes)}</span>
    </div>
  );
}

/** The trace reaches the canvas straight from the store, not through React. */
function Plot({ width, layers }: { width: number; layers: number }) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const start = useRef(width);
  const groups = useMemo(() => layerGroups(layers), [layers]);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let frame = currentFrame();
    const draw = () => {
      plot.current?.destroy();
      const size = { width: start.current, height: HEIGHT, scale: 1 };
      const options = plotOptions(size, readTimelineTheme(element, groups, layers), () => frame);
      plot.current = new uPlot(options, currentColumns(), element);
    };
    draw();
    const stop = appStore.subscribe((state, before) => {
      if (shownTrace(state) === shownTrace(before)) return;
      frame = currentFrame();
      plot.current?.setData(currentColumns());
    });
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      stop();
      themes.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [groups, layers]);

  useEffect(() => {
    start.current = width;
    plot.current?.setSize({ width, height: HEIGHT });
  }, [width]);
  return <div ref={host} className="timeline-plot" aria-hidden="true" />;
}

const NO_FRAME: PlotFrame = { startMs: 0, endMs: 1, mostBytes: 1, marks: [] };

function currentFrame(): PlotFrame {
  const trace = shownTrace(appStore.getState());
  return trace ? { ...traceSpan(trace), mostBytes: mostBytes(trace), marks: turnMarks(trace) } : NO_FRAME;
}

function currentColumns(): uPlot.AlignedData {
  const trace = shownTrace(appStore.getState());
  return trace ? plotColumns(timelineSeries(trace)) : [[]];
}

function useWidth(box: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
