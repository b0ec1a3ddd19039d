import { useEffect, useRef } from 'react';
import { formatCount, formatPercent, tokenWord } from '../format.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { type Comparison, SIDES } from '../store/comparison.js';
import type { Answer, AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
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
      <section className="ab-scroll" aria-label="Comparison with the full cache" tabIndex={0}>
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
      <IconButton icon="close" label="Back to the chat" onClick={actions.closeComparison} />
    </header>
  );
}

/** Prompt, seed and temperature of both sides. */
function SameForBoth({ comparison, answer }: BarProps) {
  const { state } = comparison.sides.full;
  const figures = answer && 'figures' in answer.state ? answer.state.figures : null;
  const temperature = answer?.asked?.sampling.temperature;
  const tokens = 'figures' in state ? state.figures?.promptTokens : undefined;
  return (
    <>
      {tokens === undefined ? (
        'same prompt'
      ) : (
        <>
          same <span className="num">{formatCount(tokens)}</span> {tokenWord(tokens)}
        </>
      )}
      {figures && (
        <>
          {' · seed '}
          <span className="num">{figures.seed}</span>
        </>
      )}
      {temperature !== undefined && (
        <>
          {' · temperature '}
          <span className="num">{temperature}</span>
        </>
      )}
    </>
  );
}

/** What is going on, in words that change only when it does. */
function doingWords({ state, sides, divergence }: Comparison): string {
  if (state.phase === 'stopped') return state.byUser ? 'Stopped by you' : 'Stopped before its end';
  if (state.phase === 'failed') return 'Cut short';
  if (state.phase === 'done') return divergence === null ? 'The answers are the same' : 'Done';
  if (state.phase !== 'running') return '';
  if (state.stopRequested) return 'Stopping …';
  if (divergence !== undefined) return 'Checking B’s choices';
  const [name, side] = sides.full.state.phase === 'done' ? ['B', sides.compressed] : ['A', sides.full];
  return side.state.phase === 'writing' ? `Writing ${name}` : `Reading the prompt for ${name}`;
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
      {isRunning ? 'Stop' : isPlanned ? 'Start' : 'Run again'}
    </button>
  );
}
