import { formatBytes, formatPercent, splitBytes } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { useApp } from '../store/store.js';
import { shownKv, shownSample } from '../timeline/moment.js';
import { Trans, t } from '../words.js';
import { kvFigures } from './kv-figures.js';
import { pinsOverBudget } from './pins-over-budget.js';
import { Tidying } from './Tidying.js';
import { offShare, usualCacheWords, valueName } from './value-types.js';

const N = { n: <span className="num" /> };

/** Bytes in use, against the usual cache of the same tokens, and the two factors that make it up. */
export function MemoryFigure() {
  const inUse = useApp((state) => shownKv(state)?.bytesInUse ?? 0);
  const full = useApp((state) => shownKv(state)?.fullFp16Bytes ?? 0);
  const isPast = useApp((state) => shownSample(state) !== null);
  const { value, unit } = splitBytes(inUse);
  return (
    <section className="sec" aria-label={t('memory.figure.title')}>
      <div className={isPast ? 'big past' : 'big'}>
        <b>
          {value}
          <span>{unit}</span>
        </b>
        <span className="of">
          {full === 0 ? (
            t('memory.figure.nothingYet')
          ) : (
            <Trans i18nKey="memory.figure.usualWouldTake" values={{ bytes: formatBytes(full) }} components={N} />
          )}
        </span>
      </div>
      {full > 0 && <Equation />}
      {!isPast && <Tidying />}
      {!isPast && <PinsOverBudget />}
    </section>
  );
}

/** Why there is more than the budget, and idle time does nothing about it. */
function PinsOverBudget() {
  const kv = useApp((state) => state.kv);
  const over = kv && pinsOverBudget(kv);
  // The region stands before its words do: else screen readers would not tell them.
  return (
    <div className={over ? 'measuring tidying' : undefined}>
      <p role="status">
        {over && (
          <Trans
            i18nKey="memory.figure.pinsOverBudget"
            values={{ pinned: formatBytes(over.pinnedBytes), budget: formatBytes(over.budgetBytes) }}
            components={N}
          />
        )}
      </p>
    </div>
  );
}

function Equation() {
  const kv = useApp(shownKv);
  if (!kv) return null;
  const { tokenFraction, valueFraction, byteFraction, gauge } = kvFigures(kv);
  const overFull = gauge.fullMark < 1;
  return (
    <>
      <div className="gauge" aria-hidden="true">
        <i style={{ width: `${gauge.filled * 100}%` }} />
        {overFull && <u style={{ left: `${gauge.fullMark * 100}%` }} />}
      </div>
      {overFull && (
        <div className="gauge-mark" aria-hidden="true" style={{ left: `${gauge.fullMark * 100}%` }}>
          {t('memory.figure.usualMark')}
        </div>
      )}
      <div className="eq">
        <span>
          <Trans i18nKey="memory.figure.ofTokens" values={{ share: formatPercent(tokenFraction) }} components={N} />
        </span>
        <span className="faint">×</span>
        <span>
          <span className="num">{valueFraction === null ? '–' : formatPercent(valueFraction)}</span>{' '}
          {valueName(kv.dtype)}
        </span>
        <span className="faint">=</span>
        <span>
          <Trans i18nKey="memory.figure.ofUsual" values={{ share: formatPercent(byteFraction) }} components={N} />{' '}
          <Hint
            about={t('memory.figure.howCounted')}
            text={t(`memory.figure.counting.${kv.dtype}`, {
              usualCache: usualCacheWords(),
              bytes: formatBytes(offShare(kv.dtype) * kv.fullFp16Bytes),
            })}
          />
        </span>
      </div>
    </>
  );
}
