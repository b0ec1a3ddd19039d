import type { KvLayerStats, KvParts } from '../../../engine/types.js';
import { formatCount } from '../format.js';
import { useApp } from '../store/store.js';
import { shownKv } from '../timeline/moment.js';
import { t } from '../words.js';
import { barsOf, PART_ORDER } from './layer-bars.js';
import { plannedRows } from './planned-rows.js';

/** The parts by colour and pattern, with their tokens: of the layer that is looked at, else the mean of all. */
export function LayerLegend({ shown }: { shown: number | null }) {
  const kv = useApp(shownKv);
  const planned = useApp(plannedRows);
  if (!kv || kv.tokensSeen === 0) return null;
  const layers = shown === null ? kv.layers : [kv.layers[shown]];
  const mean = (of: (layer: KvLayerStats) => number) => formatCount(Math.round(meanOf(layers.map(of))));
  const leaving = planned && barsOf(kv, planned).layers.map((bar) => bar.leaving ?? 0);
  const missing = (layer: KvLayerStats) => kv.tokensSeen - layer.tokens;
  return (
    <>
      <ul className="lgd" aria-label={t('memory.parts.legend')}>
        {PART_ORDER.map((part) => (
          <li key={part}>
            <Swatch part={part} />
            {t(`memory.parts.inLegend.${part}`)} <span className="num">{mean(({ parts }) => parts[part])}</span>
          </li>
        ))}
        <li>
          <Swatch part="dropped" />
          {t(kv.reading ? 'memory.parts.inLegend.notHeld' : 'memory.parts.inLegend.dropped')}{' '}
          <span className="num">{mean(missing)}</span>
        </li>
      </ul>
      <p className="lgd-of">
        {shown === null ? t('memory.parts.meanOfAll') : t('memory.parts.ofLayer', { layer: shown })}
        {leaving && (
          <span className="leaving">
            <Swatch part="leaving" />
            {t('memory.parts.leaving')}{' '}
            <span className="num">{formatCount(Math.round(shown === null ? meanOf(leaving) : leaving[shown]))}</span>
          </span>
        )}
      </p>
    </>
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const SWATCH_FILL = { sinks: 'var(--text)', pinned: 'var(--accent)', dropped: 'none' };

function Swatch({ part }: { part: keyof KvParts | 'dropped' | 'leaving' }) {
  const fill = part === 'sinks' || part === 'pinned' || part === 'dropped' ? SWATCH_FILL[part] : 'var(--ramp-2)';
  const stroke = part === 'dropped' ? 'var(--line-ctl)' : 'none';
  return (
    <svg width="12" height="8" aria-hidden="true">
      <rect x=".5" y=".5" width="11" height="7" rx="1" fill={fill} stroke={stroke} />
      {part === 'leaving' && <rect x=".5" y=".5" width="11" height="7" rx="1" fill="var(--leaving)" />}
      {part === 'generated' &&
        [1, 4, 7, 10].map((x) => <rect key={x} x={x} y=".5" width="1.3" height="7" fill="var(--hatch)" />)}
      {part === 'recent' &&
        [-3, 1, 5].map((x) => <path key={x} d={`M${x + 1} 7.5 l7 -7`} stroke="var(--hatch)" strokeWidth="1.3" />)}
    </svg>
  );
}
