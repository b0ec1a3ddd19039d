import { Popover } from '@base-ui/react/popover';
import { Fragment } from 'react';
import type { PresetInfo, RetrievalMeasurement } from '../../../engine/types.js';
import { formatCount, formatPercent } from '../format.js';
import { lostQuestions, PRESET_TITLES, signedPercent } from './compression-words.js';

const MODES: Readonly<Record<RetrievalMeasurement['mode'], string>> = {
  ask: 'Asked at the end of the text',
  later: 'Asked in a later turn',
};

/** All that was measured of a preset: lengths, windows, intervals, date and command. */
export function Measurements({ info }: { info: PresetInfo }) {
  const { measured, name } = info;
  if (!measured) return null;
  const { continuation, retrieval, date, command } = measured;
  return (
    <Popover.Root>
      <Popover.Trigger className="link">Measured {date}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="over-panel" side="left" sideOffset={24} align="end" collisionPadding={8}>
          <Popover.Popup className="card measured" aria-label={`Measurements of ${PRESET_TITLES[name]}`}>
            <div className="ln">
              <b className="strong grow">{PRESET_TITLES[name]}, measured beside the full cache</b>
              <span className="muted">{date}</span>
            </div>
            {continuation.length > 0 && <ContinuationTable rows={continuation} />}
            {retrieval.length > 0 && <RetrievalTable rows={retrieval} />}
            <p className="faint">
              Perplexity: how hard the next words are to guess. KL: how far the choice of each moves; 0 is not at all.
              Lost: of the answers that are right with the full cache.
            </p>
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
      <caption className="sr-only">What follows a text of so many tokens</caption>
      <thead>
        <tr>
          <th scope="col">Tokens read</th>
          <th scope="col">Texts</th>
          <th scope="col">Kept</th>
          <th scope="col">Memory</th>
          <th scope="col">Reading time</th>
          <th scope="col">Perplexity, 95 % interval</th>
          <th scope="col">KL</th>
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
                {signedPercent(row.deltaPplCi[0])} … {signedPercent(row.deltaPplCi[1])}
              </span>
            </td>
            <td>{row.meanKl.toFixed(4)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RetrievalTable({ rows }: { rows: Measured['retrieval'] }) {
  return (
    <table>
      <caption className="sr-only">Questions about facts hidden in a text</caption>
      <thead>
        <tr>
          <th scope="col">Questions</th>
          <th scope="col">Asked</th>
          <th scope="col">Right</th>
          <th scope="col">Right, full cache</th>
          <th scope="col">Lost</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.mode} className="num">
            <th scope="row" className="words">
              {MODES[row.mode]}
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
