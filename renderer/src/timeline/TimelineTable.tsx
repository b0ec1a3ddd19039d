import { memo } from 'react';
import { tokensIn } from '../../../engine/trace/columns.js';
import { bytesOf } from '../../../engine/trace/replay.js';
import type { TraceSample } from '../../../engine/trace/schema.js';
import { formatBytes, formatCount, formatMoment } from '../format.js';
import { useApp } from '../store/store.js';
import { t } from '../words.js';
import { shownTrace } from './moment.js';

/** The chart for screen readers: a row for each sample. While an answer runs there are none: they would change ten times a second. */
export function TimelineTable() {
  const trace = useApp((state) => (state.running && !state.replay ? null : shownTrace(state)));
  return (
    <div className="sr-only">
      <table>
        <caption>{t('timeline.table.name')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('timeline.table.time')}</th>
            <th scope="col">{t('timeline.table.turn')}</th>
            <th scope="col">{t('timeline.table.phase')}</th>
            <th scope="col">{t('timeline.table.tokens')}</th>
            <th scope="col">{t('timeline.table.held')}</th>
            <th scope="col">{t('timeline.table.memory')}</th>
            <th scope="col">{t('timeline.table.usual')}</th>
          </tr>
        </thead>
        <tbody>
          {trace?.samples.map((sample, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: samples have no identity but their place
            <Row key={i} sample={sample} turn={trace.turns[sample.turn].number} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Row = memo(function Row({ sample, turn }: { sample: TraceSample; turn: number }) {
  const held = sample.layers.reduce((sum, row) => sum + tokensIn(row), 0);
  return (
    <tr>
      <th scope="row">{formatMoment(sample.ms)}</th>
      <td>{turn}</td>
      <td>{t(`timeline.phases.${sample.phase}`)}</td>
      <td>{formatCount(sample.tokensSeen)}</td>
      <td>{formatCount(held)}</td>
      <td>{formatBytes(bytesOf(sample))}</td>
      <td>{formatBytes(sample.fullFp16Bytes)}</td>
    </tr>
  );
});
