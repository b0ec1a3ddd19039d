import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { formatBytes } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
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
        <label htmlFor={id}>At most</label>
        {!isRefused && bytes !== budgetBytes && <kbd>Enter</kbd>}
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
          <p className="wrong">Write a number of MB, such as 20 or 7.5.</p>
        ) : bytes < least ? (
          <TooSmall least={least} />
        ) : (
          <p>
            The mildest compression that fits is taken, turn by turn.{' '}
            <Hint
              about="Memory budget"
              text="It fits if the chat and the next 64 tokens take no more than that: an answer is written before anything of it can be dropped. So a chat mostly stays below its budget, and a short one far below."
            />
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
        Too little: a chat can grow to {formatBytes(budgetBytes)} at the strongest compression, within{' '}
        {contextLength.toLocaleString('en-US')} tokens.
      </p>
      <button type="button" className="btn" onClick={() => actions.setCompression({ budgetBytes })}>
        Use {formatBytes(budgetBytes)}
      </button>
    </>
  );
}
