import { Popover } from '@base-ui/react/popover';
import { Fragment } from 'react';
import type { PresetInfo } from '../../../engine/types.js';
import { formatCount, formatDay, formatNumber, formatPercent } from '../format.js';
import { t } from '../words.js';
import { lostQuestions, presetTitle, signedPercent } from './compression-words.js';

/** All that was measured of a preset: lengths, windows, intervals, date and command. */
export function Measurements({ info }: { info: PresetInfo }) {
  const { measured, name } = info;
  if (!measured) return null;
  const { continuation, retrieval, date, command } = measured;
  const preset = presetTitle(name);
  return (
    <Popover.Root>
      <Popover.Trigger className="link">
        {t('memory.measurements.onDay', { date: formatDay(new Date(`${date}T00:00`)) })}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="over-panel" side="left" sideOffset={24} align="end" collisionPadding={8}>
          <Popover.Popup className="card measured" aria-label={t('memory.measurements.name', { preset })}>
            <div className="ln">
              <b className="strong grow">{t('memory.measurements.besideFull', { preset })}</b>
              <span className="muted">{date}</span>
            </div>
            {continuation.length > 0 && <ContinuationTable rows={continuation} />}
            {retrieval.length > 0 && <RetrievalTable rows={retrieval} />}
            <p className="faint">{t('memory.measurements.explained')}</p>
            <hr />
            <p className="muted mono command">
              {command.split(' ').map((word, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: words have no identity but their place
                <Fragment key={index}>
                  <span>{word}</span>{' '}
                </Fragment>
              ))}
            </p>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

type Measured = NonNullable<PresetInfo['measured']>;

function ContinuationTable({ rows }: { rows: Measured['continuation'] }) {
  return (
    <table>
      <caption className="sr-only">{t('memory.measurements.continuation')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('memory.measurements.tokensRead')}</th>
          <th scope="col">{t('memory.measurements.texts')}</th>
          <th scope="col">{t('memory.measurements.kept')}</th>
          <th scope="col">{t('memory.measurements.memory')}</th>
          <th scope="col">{t('memory.measurements.readingTime')}</th>
          <th scope="col">{t('memory.measurements.perplexity')}</th>
          <th scope="col">{t('memory.measurements.kl')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.prefixTokens} className="num">
            <th scope="row">{formatCount(row.prefixTokens)}</th>
            <td>{row.windows}</td>
            <td>{formatPercent(row.keptFraction)}</td>
            <td>{formatPercent(row.bytesShare)}</td>
            <td>{formatPercent(row.prefillRatio, 0)}</td>
            <td>
              {signedPercent(row.deltaPpl)}{' '}
              <span className="faint">
                {t('memory.measurements.interval', {
                  from: signedPercent(row.deltaPplCi[0]),
                  to: signedPercent(row.deltaPplCi[1]),
                })}
              </span>
            </td>
            <td>{formatNumber(row.meanKl, 4)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RetrievalTable({ rows }: { rows: Measured['retrieval'] }) {
  return (
    <table>
      <caption className="sr-only">{t('memory.measurements.retrieval')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('memory.measurements.questions')}</th>
          <th scope="col">{t('memory.measurements.asked')}</th>
          <th scope="col">{t('memory.measurements.right')}</th>
          <th scope="col">{t('memory.measurements.rightFull')}</th>
          <th scope="col">{t('memory.measurements.lost')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.mode} className="num">
            <th scope="row" className="words">
              {t(`memory.measurements.modes.${row.mode}`)}
            </th>
            <td>{formatCount(row.questions)}</td>
            <td>{formatPercent(row.accuracy, 0)}</td>
            <td>{formatPercent(row.fullAccuracy, 0)}</td>
            <td>{lostQuestions(row)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
