import { bytesOf, sampleAt } from '../../../engine/trace/replay.js';
import type { Trace } from '../../../engine/trace/schema.js';
import { formatBytes, formatMoment, formatTokens } from '../format.js';
import { turnName } from './bands.js';

/** The figures of the moment under the pointer. `left`: its place in the chart, pixels. */
export function PointedMoment({ trace, ms, left }: { trace: Trace; ms: number; left: number }) {
  const sample = trace.samples[sampleAt(trace, ms)];
  return (
    <>
      <i className="timeline-line" style={{ left }} />
      <div className="tip timeline-tip" aria-hidden="true">
        <span className="num">{formatMoment(sample.ms)}</span>, {turnName(trace, sample.turn)}, {sample.phase}
        <br />
        <span className="num">{formatTokens(sample.tokensSeen)}</span>,{' '}
        <span className="num">{formatBytes(bytesOf(sample))}</span>, usual{' '}
        <span className="num">{formatBytes(sample.fullFp16Bytes)}</span>
      </div>
    </>
  );
}
