import { useEffect, useRef } from 'react';
import { formatCount, formatNumber, formatPercent } from '../format.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { type Comparison, SIDES } from '../store/comparison.js';
import type { Answer, AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { ComparedAnswer } from './ComparedAnswer.js';
import { ComparisonFailed } from './ComparisonFailed.js';
import { ComparisonPlan } from './ComparisonPlan.js';
import { ComparisonTable } from './ComparisonTable.js';

/** An answer beside the one that the full cache gives, in the place of the chat. */
export function ComparisonView() {
  const comparison = useApp((state) => state.comparison);
  const answer = useApp(comparedAnswer);
  // The notice of a crash says all that there is to say.
  const isCrashTold = useApp((state) => state.crash !== null);
  const isPlanned = comparison?.state.phase === 'planned';
  if (!comparison) return null;
  return (
    <div className="ab">
      <Bar comparison={comparison} answer={answer} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className="ab-scroll" aria-label={t('comparison.name')} tabIndex={0}>
        {comparison.state.phase === 'failed' && !isCrashTold && (
          <ComparisonFailed error={comparison.state.error} onTryAgain={() => void actions.startComparison()} />
        )}
        {isPlanned ? (
          <ComparisonPlan comparison={comparison} answer={answer} />
        ) : (
          <>
            <div className="ab-sides">
              {SIDES.map((side) => (
                <ComparedAnswer key={side} side={side} comparison={comparison} answer={answer} />
              ))}
            </div>
            <ComparisonTable comparison={comparison} />
          </>
        )}
      </section>
    </div>
  );
}

function comparedAnswer({ comparison, messages }: AppState): Answer | null {
  const answer = comparison && messages[comparison.answerId];
  return answer?.role === 'assistant' ? answer : null;
}

interface BarProps {
  comparison: Comparison;
  answer: Answer | null;
}

function Bar({ comparison, answer }: BarProps) {
  const { state } = comparison;
  const doing = doingWords(comparison);
  return (
    <header className="ab-bar">
      <h2>A/B</h2>
      <span className="grow trunc muted">
        <SameForBoth comparison={comparison} answer={answer} />
      </span>
      <span role="status" className="muted">
        {doing}
        {state.phase === 'running' && state.checking && (
          <span className="num" aria-hidden="true">
            {' '}
            {formatPercent(state.checking.places / state.checking.total, 0)}
          </span>
        )}
      </span>
      <MainButton comparison={comparison} />
      <IconButton icon="close" label={t('comparison.back')} onClick={actions.closeComparison} />
    </header>
  );
}

const N = { n: <span className="num" /> };

/** Prompt, seed and temperature of both sides. */
function SameForBoth({ comparison, answer }: BarProps) {
  const { state } = comparison.sides.full;
  const figures = answer && 'figures' in answer.state ? answer.state.figures : null;
  const temperature = answer?.asked?.sampling.temperature;
  const tokens = 'figures' in state ? state.figures?.promptTokens : undefined;
  return (
    <>
      {tokens === undefined ? (
        t('comparison.same.prompt')
      ) : (
        <Trans
          i18nKey="comparison.same.tokens"
          count={tokens}
          values={{ written: formatCount(tokens) }}
          components={N}
        />
      )}
      {figures && (
        <>
          {' · '}
          <Trans i18nKey="comparison.same.seed" values={{ seed: figures.seed }} components={N} />
        </>
      )}
      {temperature !== undefined && (
        <>
          {' · '}
          <Trans
            i18nKey="comparison.same.temperature"
            values={{ temperature: formatNumber(temperature, Number.isInteger(temperature) ? 0 : 1) }}
            components={N}
          />
        </>
      )}
    </>
  );
}

/** What is going on, in words that change only when it does. */
function doingWords({ state, sides, divergence }: Comparison): string {
  if (state.phase === 'stopped') return t(state.byUser ? 'comparison.doing.stoppedByYou' : 'comparison.doing.stopped');
  if (state.phase === 'failed') return t('comparison.doing.failed');
  if (state.phase === 'done') return t(divergence === null ? 'comparison.doing.same' : 'comparison.doing.done');
  if (state.phase !== 'running') return '';
  if (state.stopRequested) return t('comparison.doing.stopping');
  if (divergence !== undefined) return t('comparison.doing.checking');
  const [side, { state: at }] = sides.full.state.phase === 'done' ? ['B', sides.compressed] : ['A', sides.full];
  return t(at.phase === 'writing' ? 'comparison.doing.writing' : 'comparison.doing.reading', { side });
}

/** Start, stop, run again: one button, so that it keeps the focus. */
function MainButton({ comparison }: Pick<BarProps, 'comparison'>) {
  const button = useRef<HTMLButtonElement>(null);
  const isReady = useApp(
    (state) => state.model.state === 'ready' && state.running === null && state.queued.length === 0,
  );
  const { state } = comparison;
  const isRunning = state.phase === 'running';
  const isPlanned = state.phase === 'planned';
  const canStart = isReady && (!isPlanned || (state.outlook !== null && 'forecast' in state.outlook));
  useEffect(() => button.current?.focus(), []);
  const run = () => (isRunning ? actions.stop() : canStart && void actions.startComparison());
  return (
    <button
      ref={button}
      type="button"
      className={isPlanned && canStart ? 'btn pri' : 'btn'}
      aria-disabled={!isRunning && !canStart}
      onClick={run}
    >
      {!isPlanned && <Icon name={isRunning ? 'close' : 'redo'} />}
      {t(`comparison.${isRunning ? 'stop' : isPlanned ? 'start' : 'again'}`)}
    </button>
  );
}
