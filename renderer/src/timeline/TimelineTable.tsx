import { memo } from 'react';
import { tokensIn } from '../../../engine/trace/columns.js';
import { bytesOf } from '../../../engine/trace/replay.js';
import type { TraceSample } from '../../../engine/trace/schema.js';
import { formatBytes, formatCount, formatMoment } from '../format.js';
import { useApp } from '../store/store.js';
import { shownTrace } from './moment.js';

/** The chart for screen readers: a row for each sample. While an answer runs there are none: they would change ten times a second. */
export function TimelineTable() {
  const trace = useApp((state) => (state.running && !state.replay ? null : shownTrace(state)));
  return (
    <div className="sr-only">
      <table>
        <caption>Memory over time</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Turn</th>
            <th scope="col">Phase</th>
            <th scope="col">Tokens</th>
            <th scope="col">Held, all layers</th>
            <th scope="col">Memory</th>
            <th scope="col">Usual cache</th>
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
      <td>{sample.phase}</td>
      <td>{formatCount(sample.tokensSeen)}</td>
      <td>{formatCount(held)}</td>
      <td>{formatBytes(bytesOf(sample))}</td>
      <td>{formatBytes(sample.fullFp16Bytes)}</td>
    </tr>
  );
});
