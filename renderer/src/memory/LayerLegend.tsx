import type { KvLayerStats, KvParts } from '../../../engine/types.js';
import { formatCount } from '../format.js';
import { useApp } from '../store/store.js';
import { shownKv } from '../timeline/moment.js';
import { t } from '../words.js';
import { PART_ORDER } from './layer-bars.js';

/** The parts by colour and pattern, with their tokens: of the layer that is looked at, else the mean of all. */
export function LayerLegend({ shown }: { shown: number | null }) {
  const kv = useApp(shownKv);
  if (!kv || kv.tokensSeen === 0) return null;
  const layers = shown === null ? kv.layers : [kv.layers[shown]];
  const mean = (of: (layer: KvLayerStats) => number) =>
    formatCount(Math.round(layers.reduce((sum, layer) => sum + of(layer), 0) / layers.length));
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
      </p>
    </>
  );
}

const SWATCH_FILL = { sinks: 'var(--text)', pinned: 'var(--accent)', dropped: 'none' };

function Swatch({ part }: { part: keyof KvParts | 'dropped' }) {
  const fill = part === 'sinks' || part === 'pinned' || part === 'dropped' ? SWATCH_FILL[part] : 'var(--ramp-2)';
  const stroke = part === 'dropped' ? 'var(--line-ctl)' : 'none';
  return (
    <svg width="12" height="8" aria-hidden="true">
      <rect x=".5" y=".5" width="11" height="7" rx="1" fill={fill} stroke={stroke} />
      {part === 'generated' &&
        [1, 4, 7, 10].map((x) => <rect key={x} x={x} y=".5" width="1.3" height="7" fill="var(--hatch)" />)}
      {part === 'recent' &&
        [-3, 1, 5].map((x) => <path key={x} d={`M${x + 1} 7.5 l7 -7`} stroke="var(--hatch)" strokeWidth="1.3" />)}
    </svg>
  );
}
