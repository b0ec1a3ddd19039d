import type { KvLayerStats } from '../../../engine/types.js';
import { formatCount, formatLayerBytes, formatPercent } from '../format.js';
import { useApp } from '../store/store.js';
import { shownLayerCount } from '../timeline/moment.js';
import { t } from '../words.js';
import { PART_ORDER } from './layer-bars.js';
import { plannedRows } from './planned-rows.js';
import { useSettledKv } from './use-settled-kv.js';

/** The bars as a table: shown at will, and always there for screen readers. The deepest layer comes first, as drawn. */
export function LayerTable({ visible }: { visible: boolean }) {
  const kv = useSettledKv();
  const count = useApp(shownLayerCount);
  const planned = useApp(plannedRows);
  const layers: readonly Partial<KvLayerStats>[] = kv?.layers ?? new Array<object>(count).fill({});
  const seen = kv?.tokensSeen ?? 0;
  const rows = layers.map((layer, index) => ({ ...layer, index })).reverse();
  return (
    <section
      className={visible ? 'layer-table' : 'sr-only'}
      aria-label={t('memory.table.name')}
      tabIndex={visible ? 0 : -1}
    >
      <table>
        <caption className="sr-only">{t('memory.table.caption')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('memory.layers.layer')}</th>
            <th scope="col">{t('memory.layers.tokens')}</th>
            {planned && <th scope="col">{t('memory.table.planned')}</th>}
            <th scope="col">{t('memory.table.kept')}</th>
            {PART_ORDER.map((part) => (
              <th key={part} scope="col">
                {t(`memory.parts.names.${part}`)}
              </th>
            ))}
            <th scope="col">{t('memory.layers.attentionLost')}</th>
            <th scope="col">{t('memory.table.oldest')}</th>
            <th scope="col">{t('memory.table.newest')}</th>
            <th scope="col">{t('memory.table.bytes')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ index, tokens = 0, bytes = 0, parts, lostAttention, oldest, newest }) => (
            <tr key={index}>
              <th scope="row" className="num">
                {index}
              </th>
              <td className="num">{formatCount(tokens)}</td>
              {planned && <td className="num">{formatCount(planned[index] ?? tokens)}</td>}
              <td className="num">{seen > 0 ? formatPercent(tokens / seen) : '–'}</td>
              {PART_ORDER.map((part) => (
                <td key={part} className="num">
                  {formatCount(parts?.[part] ?? 0)}
                </td>
              ))}
              <td className="num">{typeof lostAttention === 'number' ? formatPercent(lostAttention) : '–'}</td>
              <td className="num">{typeof oldest === 'number' ? formatCount(oldest) : '–'}</td>
              <td className="num">{typeof newest === 'number' ? formatCount(newest) : '–'}</td>
              <td className="num">{formatLayerBytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
