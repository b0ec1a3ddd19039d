import { bytesOf, sampleAt } from '../../../engine/trace/replay.js';
import type { Trace } from '../../../engine/trace/schema.js';
import { formatBytes, formatMoment, formatTokens } from '../format.js';
import { Trans, t } from '../words.js';
import { turnName } from './bands.js';

/** The figures of the moment under the pointer. `left`: its place in the chart, pixels. */
export function PointedMoment({ trace, ms, left }: { trace: Trace; ms: number; left: number }) {
  const sample = trace.samples[sampleAt(trace, ms)];
  return (
    <>
      <i className="timeline-line" style={{ left }} />
      <div className="tip timeline-tip" aria-hidden="true">
        <Trans
          i18nKey="timeline.pointed"
          values={{
            moment: formatMoment(sample.ms),
            turn: turnName(trace, sample.turn),
            phase: t(`timeline.phases.${sample.phase}`),
            tokens: formatTokens(sample.tokensSeen),
            bytes: formatBytes(bytesOf(sample)),
            usual: formatBytes(sample.fullFp16Bytes),
          }}
          components={{ n: <span className="num" />, br: <br /> }}
        />
      </div>
    </>
  );
}
