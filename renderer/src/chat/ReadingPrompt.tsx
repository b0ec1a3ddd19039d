import { useMemo } from 'react';
import { formatCount, formatDuration, formatNumber, formatPercent } from '../format.js';
import { rowShares } from '../memory/layer-bars.js';
import { rampColor } from '../memory/layer-colors.js';
import type { AnswerState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { Trans, t } from '../words.js';
import { MARKS } from './marks.js';

type Reading = Extract<AnswerState, { phase: 'reading' }>;

const ROWS = 15;
const WIDTH = 560;
const ROW_HEIGHT = 4;

/** What happens before the first token: how much of the reading is done, and what did not need to be. */
export function ReadingPrompt({ reading }: { reading: Reading }) {
  const { processed, total, reused, promptTokens } = reading;
  if (total === 0) return <div className="reading muted">{t('chat.reading.begins')}</div>;
  const fraction = processed / total;
  const left = remainingMs(reading, performance.now());
  return (
    <div className="reading">
      <div className="reading-h">
        <b className="strong">
          <Trans i18nKey="chat.reading.prompt" values={{ percent: formatPercent(fraction, 0) }} components={MARKS} />
        </b>
        <span className="muted">
          <Trans
            i18nKey={left === null ? 'chat.reading.tokens' : 'chat.reading.tokensLeft'}
            count={promptTokens}
            values={{ written: formatCount(promptTokens), time: formatRemaining(left ?? 0) }}
            components={MARKS}
          />
        </span>
      </div>
      <FormingLayers />
      {reused > 0 && (
        <div className="reading-f">
          <Trans
            i18nKey="chat.reading.reused"
            count={reused}
            values={{ written: formatCount(reused) }}
            components={MARKS}
          />
        </div>
      )}
    </div>
  );
}

/** The pyramid as it forms: layer after layer, each of as many tokens as were left for it. */
function FormingLayers() {
  const kv = useApp((state) => (state.running?.chatId === state.kvChatId ? state.kv : null));
  const shares = useMemo(() => rowShares(kv, ROWS), [kv]);
  return (
    <svg
      width="100%"
      height={ROWS * ROW_HEIGHT}
      viewBox={`0 0 ${WIDTH} ${ROWS * ROW_HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {shares.map((share, row) => {
        const y = (ROWS - 1 - row) * ROW_HEIGHT + 0.75;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a fixed drawing
          <g key={row}>
            <rect y={y} width={WIDTH} height="2.5" fill="var(--bg-well)" />
            <rect
              className="fill"
              y={y}
              width={WIDTH * share}
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
  return `${formatNumber(Math.max(0.1, ms / 1000), ms < 9950 ? 1 : 0)} s`;
}

/** From the speed since the first report; null before there is a second. */
export function remainingMs({ processed, total, since, first }: Reading, now: number): number | null {
  const read = processed - first;
  if (read <= 0 || processed >= total || now <= since) return null;
  return ((now - since) / read) * (total - processed);
}
