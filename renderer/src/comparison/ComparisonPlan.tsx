import { useEffect } from 'react';
import { formatBytes, formatDuration, formatMachineMemory, formatTokens } from '../format.js';
import { choiceTitle } from '../memory/compression-words.js';
import type { Comparison } from '../store/comparison.js';
import type { Answer } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
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
      <h3>{t('comparison.plan.title')}</h3>
      {compression === null ? (
        <p>{t('comparison.plan.nothing')}</p>
      ) : (
        <>
          <p>{t('comparison.plan.what', { choice: choiceTitle(compression) })}</p>
          {!isReady && <p className="muted">{t('comparison.plan.noModel')}</p>}
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
          <dt>{t('comparison.plan.toRead')}</dt>
          <dd className="num">{formatTokens(promptTokens)}</dd>
        </div>
        <div>
          <dt>{t('comparison.plan.time')}</dt>
          <dd className="num">{ms === null ? t('comparison.plan.notKnown') : formatDuration(ms)}</dd>
        </div>
        <div>
          <dt>{t('comparison.plan.memory')}</dt>
          <dd className="num">
            {t('comparison.plan.both', {
              full: formatBytes(kvBytes.full),
              compressed: formatBytes(kvBytes.compressed),
            })}
          </dd>
        </div>
        <div>
          <dt>{t('comparison.plan.free')}</dt>
          <dd className="num">{formatMachineMemory(freeBytes)}</dd>
        </div>
      </dl>
      <p className="faint">
        <Trans
          i18nKey="comparison.plan.asLong"
          values={{ tokens: formatTokens(replyTokens) }}
          components={{ n: <span className="num" /> }}
        />
      </p>
    </>
  );
}
