import type { KvType } from '../../../engine/types.js';
import { formatBytes, formatPercent, splitBytes } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { useApp } from '../store/store.js';
import { shownKv, shownSample } from '../timeline/moment.js';
import { kvFigures } from './kv-figures.js';
import { USUAL_CACHE, VALUE_NAMES } from './value-types.js';

const VALUE_SIZES: Readonly<Record<KvType, string>> = {
  float32: 'a 32-bit value takes 4 bytes',
  int8: 'an 8-bit value takes 1 byte and a share of its scale',
};

/** Bytes in use, against the usual cache of the same tokens, and the two factors that make it up. */
export function MemoryFigure() {
  const inUse = useApp((state) => shownKv(state)?.bytesInUse ?? 0);
  const full = useApp((state) => shownKv(state)?.fullFp16Bytes ?? 0);
  const isPast = useApp((state) => shownSample(state) !== null);
  const { value, unit } = splitBytes(inUse);
  return (
    <section className="sec" aria-label="Memory in use">
      <div className={isPast ? 'big past' : 'big'}>
        <b>
          {value}
          <span>{unit}</span>
        </b>
        <span className="of">
          {full === 0 ? (
            'nothing in memory yet'
          ) : (
            <>
              the usual cache would take <span className="num">{formatBytes(full)}</span>
            </>
          )}
        </span>
      </div>
      {full > 0 && <Equation />}
    </section>
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
          usual
        </div>
      )}
      <div className="eq">
        <span>
          <span className="num">{formatPercent(tokenFraction)}</span> of tokens
        </span>
        <span className="faint">×</span>
        <span>
          <span className="num">{valueFraction === null ? '–' : formatPercent(valueFraction)}</span>{' '}
          {VALUE_NAMES[kv.dtype]}
        </span>
        <span className="faint">=</span>
        <span>
          <span className="num">{formatPercent(byteFraction)}</span> of the usual{' '}
          <Hint
            about="How this is counted"
            text={`Tokens kept, averaged over layers, times the size of a stored value: ${VALUE_SIZES[kv.dtype]}. ${USUAL_CACHE} With compression off every token is kept at 32 bits: ${formatBytes(2 * kv.fullFp16Bytes)} for these.`}
          />
        </span>
      </div>
    </>
  );
}
