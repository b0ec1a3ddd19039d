import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { formatBytes, formatCount } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { parseMegabytes, roundedUp, writeMegabytes } from './compression-words.js';

/** The budget in MB. It is taken over by Enter or by going elsewhere, not while it is typed; one too small never is. */
export function BudgetField({ budgetBytes }: { budgetBytes: number }) {
  const [text, setText] = useState(writeMegabytes(budgetBytes));
  const least = useApp(({ model }) => (model.state === 'ready' ? model.leastBudgetBytes : 0));
  const id = useId();
  const bytes = parseMegabytes(text);
  useEffect(() => setText(writeMegabytes(budgetBytes)), [budgetBytes]);

  const takeOver = () => {
    if (bytes !== null && bytes >= least && bytes !== budgetBytes) actions.setCompression({ budgetBytes: bytes });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') takeOver();
  };
  const isRefused = bytes === null || bytes < least;
  return (
    <>
      <div className="setting budget">
        <label htmlFor={id}>{t('memory.budget.atMost')}</label>
        {!isRefused && bytes !== budgetBytes && <kbd>{t('memory.budget.enterKey')}</kbd>}
        <input
          id={id}
          className="field num"
          type="text"
          inputMode="decimal"
          value={text}
          aria-invalid={isRefused}
          aria-describedby={`${id}-about`}
          onChange={(event) => setText(event.target.value)}
          onBlur={takeOver}
          onKeyDown={onKeyDown}
        />
        <span className="faint">MB</span>
      </div>
      <div className="cost" id={`${id}-about`}>
        {bytes === null ? (
          <p className="wrong">{t('memory.budget.writeNumber')}</p>
        ) : bytes < least ? (
          <TooSmall least={least} />
        ) : (
          <p>
            {t('memory.budget.mildest')} <Hint about={t('memory.compression.budget')} text={t('memory.budget.about')} />
          </p>
        )}
      </div>
    </>
  );
}

function TooSmall({ least }: { least: number }) {
  const contextLength = useApp(({ model }) => (model.state === 'ready' ? model.runtime.contextLength : 0));
  const budgetBytes = roundedUp(least);
  return (
    <>
      <p className="wrong" role="alert">
        {t('memory.budget.tooLittle', {
          bytes: formatBytes(budgetBytes),
          contextLength: formatCount(contextLength),
        })}
      </p>
      <button type="button" className="btn" onClick={() => actions.setCompression({ budgetBytes })}>
        {t('memory.budget.use', { bytes: formatBytes(budgetBytes) })}
      </button>
    </>
  );
}
