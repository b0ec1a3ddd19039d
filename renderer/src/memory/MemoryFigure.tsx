import { formatBytes, formatPercent, splitBytes } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { useApp } from '../store/store.js';
import { shownKv, shownSample } from '../timeline/moment.js';
import { kvFigures } from './kv-figures.js';

const ENTRY: Readonly<Record<string, string>> = {
  float32: 'a float32 value takes 4 bytes, twice as much as fp16',
  float16: 'an fp16 value takes 2 bytes',
  int8: 'an int8 value takes 1 byte and a share of its scale',
};

/** Bytes in use, against a full fp16 cache of the same tokens, and the two factors that make it up. */
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
              full fp16 cache would take <span className="num">{formatBytes(full)}</span>
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
          full fp16
        </div>
      )}
      <div className="eq">
        <span>
          <span className="num">{formatPercent(tokenFraction)}</span> of tokens
        </span>
        <span className="faint">×</span>
        <span>
          <span className="num">{valueFraction === null ? '–' : formatPercent(valueFraction)}</span> {kv.dtype}
        </span>
        <span className="faint">=</span>
        <span>
          <span className="num">{formatPercent(byteFraction)}</span> of bytes{' '}
          <Hint
            about="How this is counted"
            text={`Tokens kept, averaged over layers, times the size of a stored value: ${ENTRY[kv.dtype]}. Counted from the buffers in use.`}
          />
        </span>
      </div>
    </>
  );
}
