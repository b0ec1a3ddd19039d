import { useEffect } from 'react';
import { formatBytes, formatDuration, formatMachineMemory, formatTokens } from '../format.js';
import { choiceTitle } from '../memory/compression-words.js';
import type { Comparison } from '../store/comparison.js';
import type { Answer } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { ComparisonFailed } from './ComparisonFailed.js';
import { comparisonMs } from './comparison-figures.js';

interface PlanProps {
  comparison: Comparison;
  answer: Answer | null;
}

/** What a comparison does and takes, before it begins. */
export function ComparisonPlan({ comparison, answer }: PlanProps) {
  const { compression, state } = comparison;
  const isReady = useApp(({ model }) => model.state === 'ready');
  const chosen = useApp((app) => app.compression);
  const outlook = state.phase === 'planned' ? state.outlook : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a model that is there, and another choice, are the occasions
  useEffect(actions.forecastComparison, [isReady, chosen]);
  if (outlook && 'error' in outlook) {
    return <ComparisonFailed error={outlook.error} onTryAgain={actions.forecastComparison} />;
  }
  return (
    <div className="ab-plan">
      <h3>Compare with the full cache</h3>
      {compression === null ? (
        <p>
          This answer was written with the full cache: there is nothing to compare it with. Choose a compression in the
          memory panel, and it is compared with that.
        </p>
      ) : (
        <>
          <p>
            The chat up to this answer is read from its beginning and answered twice, by the same seed (what chance goes
            by): with the full cache (A), then under {choiceTitle(compression)} (B). Then A’s cache reads B’s answer, to
            count where both would go on alike.
          </p>
          {!isReady && <p className="muted">Load a model to compare.</p>}
          {isReady && outlook && <Needs outlook={outlook} answer={answer} />}
        </>
      )}
    </div>
  );
}

type Planned = Extract<Comparison['state'], { phase: 'planned' }>;

interface NeedsProps {
  outlook: Extract<NonNullable<Planned['outlook']>, { freeBytes: number }>;
  answer: Answer | null;
}

function Needs({ outlook: { forecast, freeBytes }, answer }: NeedsProps) {
  const { promptTokens, replyTokens, kvBytes } = forecast;
  const figures = answer && 'figures' in answer.state ? answer.state.figures : null;
  const ms = figures && comparisonMs(forecast, figures);
  return (
    <>
      <dl className="figures">
        <div>
          <dt>To read, twice</dt>
          <dd className="num">{formatTokens(promptTokens)}</dd>
        </div>
        <div>
          <dt>Time, about</dt>
          <dd className="num">{ms === null ? 'not known yet' : formatDuration(ms)}</dd>
        </div>
        <div>
          <dt>Memory for A and B</dt>
          <dd className="num">
            {formatBytes(kvBytes.full)} + {formatBytes(kvBytes.compressed)}
          </dd>
        </div>
        <div>
          <dt>Free on this computer</dt>
          <dd className="num">{formatMachineMemory(freeBytes)}</dd>
        </div>
      </dl>
      <p className="faint">
        If both get as long as this answer, <span className="num">{formatTokens(replyTokens)}</span>. The chat and what
        the model holds of it stay as they are.
      </p>
    </>
  );
}
