import type { CompressionChoice } from '../../../engine/types.js';
import { formatBytes, formatNumber, formatPercent } from '../format.js';
import { Tip } from '../shell/Tip.js';
import { Trans, t } from '../words.js';
import { presetTitle } from './compression-words.js';
import { pointOf, type TradeOff, type TradePoint } from './trade-off.js';

/** The curve's own height, px; a point at the top costs the most of what is drawn. */
const HEIGHT = 64;
const TOP = 6;
const TICKS = [0.25, 0.5, 0.75];
const N = { n: <span className="num" /> };

/** The costs at the top of the curve; `paper`, which is another way of dropping, may lie beyond. */
function mostOf(points: readonly TradePoint[]) {
  const line = points.filter(({ preset }) => preset !== 'paper');
  return {
    line,
    kl: Math.max(...line.map(({ kl }) => kl), Number.MIN_VALUE),
    lost: Math.max(0.05, ...line.map(({ lost }) => lost ?? 0)),
  };
}

/** What less memory was measured to cost; what costs more than the curve shows has an arrow at its top. */
export function TradeOffCurve({ curve, choice }: { curve: TradeOff; choice: CompressionChoice }) {
  const { points, maxBytes } = curve;
  const most = mostOf(points);
  const { line } = most;
  const x = ({ bytes }: TradePoint) => (bytes / maxBytes) * 100;
  const y = (value: number, largest: number) => HEIGHT - Math.min(1, value / largest) * (HEIGHT - TOP);
  const path = (of: (point: TradePoint) => number) =>
    line.map((point, i) => `${i === 0 ? 'M' : 'L'}${x(point)} ${of(point)}`).join('');
  const here = pointOf(curve, choice);
  return (
    <div className="curve" aria-hidden="true">
      <svg aria-hidden="true" width="100%" height={HEIGHT} viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none">
        <path className="curve-lost" d={path(({ lost }) => y(lost ?? 0, most.lost))} />
        <path className="curve-kl" d={path(({ kl }) => y(kl, most.kl))} />
      </svg>
      <span className="unmeasured" style={{ width: `${line.length > 0 ? x(line[0]) : 100}%` }}>
        {t('memory.curve.unmeasured')}
      </span>
      {points.map((point) => (
        <Tip key={point.preset} side="bottom" text={<PointWords point={point} />}>
          <span className={point === here ? 'point here' : 'point'} style={{ left: `${x(point)}%` }}>
            {point.lost !== null && point.lost <= most.lost && (
              <i className="dot lost" style={{ top: y(point.lost, most.lost) }} />
            )}
            <i className={point.kl > most.kl ? 'dot beyond' : 'dot kl'} style={{ top: y(point.kl, most.kl) }} />
          </span>
        </Tip>
      ))}
      <div className="curve-axis num">
        {TICKS.map((tick) => (
          <span key={tick} style={{ left: `${tick * 100}%` }}>
            {formatBytes(Math.round(maxBytes * tick))}
          </span>
        ))}
      </div>
    </div>
  );
}

function PointWords({ point: { preset, bytes, kl: moved, lost } }: { point: TradePoint }) {
  const kl = formatNumber(moved, 4);
  return (
    <>
      <b className="strong">{presetTitle(preset)}</b> {formatBytes(Math.round(bytes))}
      <br />
      {lost === null
        ? t('memory.curve.moves', { kl })
        : t('memory.curve.movesAndLost', { kl, lost: formatPercent(lost, 0) })}
    </>
  );
}

/** The figures of the point where one is. */
export function TradeOffKey({ curve, choice }: { curve: TradeOff; choice: CompressionChoice }) {
  const point = pointOf(curve, choice);
  const isOff = 'preset' in choice && choice.preset === 'off';
  if (!point) {
    return <p className="curve-key">{t(isOff ? 'memory.curve.nothingDropped' : 'memory.curve.lessThanMeasured')}</p>;
  }
  const isBeyond = point.kl > mostOf(curve.points).kl;
  return (
    <p className="curve-key">
      <span>
        <i className={isBeyond ? 'dot beyond' : 'dot kl'} />{' '}
        <Trans
          i18nKey={isBeyond ? 'memory.curve.klBeyond' : 'memory.curve.klHere'}
          values={{ kl: formatNumber(point.kl, 4) }}
          components={N}
        />
      </span>
      {point.lost !== null && (
        <span>
          {!isBeyond && <i className="dot lost" />}{' '}
          <Trans i18nKey="memory.curve.lostHere" values={{ lost: formatPercent(point.lost, 0) }} components={N} />
        </span>
      )}
    </p>
  );
}
