import { Hint } from '../shell/Hint.js';
import type { Comparison } from '../store/comparison.js';
import { t } from '../words.js';
import { sideTitle } from './ComparedAnswer.js';
import { comparisonRows } from './comparison-figures.js';

/** What the engine reported of both sides. */
export function ComparisonTable({ comparison }: { comparison: Comparison }) {
  return (
    <div className="ab-table">
      <table>
        <thead>
          <tr>
            <th scope="col">{t('comparison.table.measured')}</th>
            <th scope="col">{t('comparison.side.name', { side: 'A', title: sideTitle(comparison, 'full') })}</th>
            <th scope="col">{t('comparison.side.name', { side: 'B', title: sideTitle(comparison, 'compressed') })}</th>
            <th scope="col">{t('comparison.table.difference')}</th>
          </tr>
        </thead>
        <tbody>
          {comparisonRows(comparison).map(({ name, hint, full, compressed, difference, remark }) => (
            <tr key={name}>
              <th scope="row">
                {name} {hint && <Hint about={name} text={hint} />}
              </th>
              <td className="num">{full}</td>
              <td className="num">{compressed}</td>
              {remark ? <td className="muted">{remark}</td> : <td className="num">{difference}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
