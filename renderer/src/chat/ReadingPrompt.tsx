import { formatCount, formatDuration, formatPercent, tokenWord } from '../format.js';
import { rampColor } from '../memory/layer-colors.js';
import type { AnswerState } from '../store/state.js';

type Reading = Extract<AnswerState, { phase: 'reading' }>;

const ROWS = 15;
const WIDTH = 560;
const ROW_HEIGHT = 4;

/** What happens before the first token: how much of the prompt has been read, and what did not need to be. */
export function ReadingPrompt({ reading }: { reading: Reading }) {
  const { processed, total, reused } = reading;
  if (total === 0) return <div className="reading muted">Reading prompt …</div>;
  const fraction = processed / total;
  const left = remainingMs(reading, performance.now());
  return (
    <div className="reading">
      <div className="reading-h">
        <b className="strong">
          Reading prompt <span className="num">{formatPercent(fraction, 0)}</span>
        </b>
        <span className="muted">
          <span className="num">{formatCount(processed)}</span> of <span className="num">{formatCount(total)}</span>{' '}
          tokens
          {left !== null && (
            <>
              , about <span className="num">{formatRemaining(left)}</span> left
            </>
          )}
        </span>
      </div>
      <FillingLayers fraction={fraction} />
      {reused > 0 && (
        <div className="reading-f">
          Reused from the last turn: <span className="num">{formatCount(reused)}</span> {tokenWord(reused)}
        </div>
      )}
    </div>
  );
}

function FillingLayers({ fraction }: { fraction: number }) {
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  return (
    <svg
      width="100%"
      height={ROWS * ROW_HEIGHT}
      viewBox={`0 0 ${WIDTH} ${ROWS * ROW_HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {rows.map((row) => {
        const y = (ROWS - 1 - row) * ROW_HEIGHT + 0.75;
        return (
          <g key={row}>
            <rect y={y} width={WIDTH} height="2.5" fill="var(--bg-well)" />
            <rect
              className="fill"
              y={y}
              width={WIDTH * fraction}
              height="2.5"
              style={{ fill: rampColor(row / (ROWS - 1)) }}
            />
          </g>
        );
      })}
    </svg>
  );
}

/** An estimate pretends to no more than tenths of a second. */
function formatRemaining(ms: number): string {
  if (ms >= 59_500) return formatDuration(ms);
  return ms < 9950 ? `${Math.max(0.1, ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/** From the speed since the first report; null before there is one. */
export function remainingMs({ processed, total, since, first }: Reading, now: number): number | null {
  const read = processed - first;
  if (read <= 0 || processed >= total || now <= since) return null;
  return ((now - since) / read) * (total - processed);
}
