import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { NumberLimits } from '../../../electron/ipc/chat-limits.js';
import { Hint } from '../shell/Hint.js';
import { IconButton } from '../shell/IconButton.js';
import { t } from '../words.js';
import { rangeWords, readNumber, writeNumber } from './number-text.js';

interface NumberFieldProps {
  label: string;
  about: string;
  limits: NumberLimits;
  /** undefined: as the app has it. */
  value: number | undefined;
  /** What that is. */
  usual: string;
  onChange: (value: number | undefined) => void;
}

/** Taken over by Enter or by going elsewhere, also to another chat or by closing the panel, not while it is typed. */
export function NumberField({ label, about, limits, value, usual, onChange }: NumberFieldProps) {
  const kept = value === undefined ? '' : writeNumber(value);
  const [text, setText] = useState(kept);
  const id = useId();
  useEffect(() => setText(kept), [kept]);
  const read = readNumber(text, limits);
  const takeOver = () => {
    if ('value' in read && read.value !== value) onChange(read.value);
  };
  const leave = useRef(takeOver);
  leave.current = takeOver;
  useEffect(() => () => leave.current(), []);
  const input = useRef<HTMLInputElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') takeOver();
  };
  const reset = () => {
    setText('');
    onChange(undefined);
    input.current?.focus();
  };
  return (
    <>
      <div className="setting own-setting">
        <label htmlFor={id}>{label}</label>
        <Hint about={label} text={`${about} ${rangeWords(limits)}`} />
        <span className="own-value">
          {value !== undefined && (
            <IconButton
              icon="redo"
              label={t('assistants.sampling.reset', { name: label, value: usual })}
              onClick={reset}
            />
          )}
          <input
            ref={input}
            id={id}
            className="field num"
            type="text"
            inputMode={limits.isWhole ? 'numeric' : 'decimal'}
            placeholder={usual}
            value={text}
            aria-invalid={'problem' in read}
            aria-describedby={'problem' in read ? `${id}-problem` : undefined}
            onChange={(event) => setText(event.target.value)}
            onBlur={takeOver}
            onKeyDown={onKeyDown}
          />
        </span>
      </div>
      {'problem' in read && (
        <p className="cost wrong" id={`${id}-problem`} role="alert">
          {read.problem}
        </p>
      )}
    </>
  );
}
