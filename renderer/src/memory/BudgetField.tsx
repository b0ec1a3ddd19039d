import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { formatBytes } from '../format.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { parseMegabytes, writeMegabytes } from './compression-words.js';

/** The budget in MB. It is taken over by Enter or by going elsewhere, not while it is typed. */
export function BudgetField({ budgetBytes }: { budgetBytes: number }) {
  const [text, setText] = useState(writeMegabytes(budgetBytes));
  const id = useId();
  const bytes = parseMegabytes(text);
  useEffect(() => setText(writeMegabytes(budgetBytes)), [budgetBytes]);

  const takeOver = () => {
    if (bytes !== null && bytes !== budgetBytes) actions.setCompression({ budgetBytes: bytes });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') takeOver();
  };
  return (
    <>
      <div className="setting budget">
        <label htmlFor={id}>At most</label>
        <input
          id={id}
          className="field num"
          type="text"
          inputMode="decimal"
          value={text}
          aria-invalid={bytes === null}
          aria-describedby={`${id}-about`}
          onChange={(event) => setText(event.target.value)}
          onBlur={takeOver}
          onKeyDown={onKeyDown}
        />
        <span className="faint">MB</span>
      </div>
      <p className="cost" id={`${id}-about`}>
        {bytes === null ? (
          <span className="wrong">Write a number of MB, such as 20 or 7.5.</span>
        ) : (
          <>
            The mildest compression that fits is taken, turn by turn. <FullContext />
          </>
        )}
      </p>
    </>
  );
}

function FullContext() {
  const full = useApp(({ kv }) =>
    kv && kv.tokensSeen > 0 ? formatBytes((kv.fullFp16Bytes / kv.tokensSeen) * kv.contextLength) : null,
  );
  return full && <span className="muted">A full fp16 cache of the whole context takes {full}.</span>;
}
