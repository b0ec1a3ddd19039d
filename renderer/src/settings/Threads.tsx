import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { formatCount } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { Refused } from './Refused.js';
import { parseThreads } from './threads.js';

/** Taken over by Enter or by going elsewhere, not while it is typed. */
export function Threads() {
  const kept = useApp((state) => state.settings?.threads ?? null);
  const cores = useApp((state) => state.appInfo?.cores ?? null);
  const [text, setText] = useState('');
  const id = useId();
  useEffect(() => setText(kept === null ? '' : String(kept)), [kept]);
  if (cores === null) return null;
  const wish = parseThreads(text, cores);
  const takeOver = () => {
    if ('threads' in wish && wish.threads !== kept) actions.changeSettings({ threads: wish.threads });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') takeOver();
  };
  return (
    <>
      <div className="setting">
        <label htmlFor={id}>{t('settings.threads.title')}</label>
        <Hint about={t('settings.threads.title')} text={t('settings.threads.hint')} />
        <input
          id={id}
          className="field num"
          type="text"
          inputMode="numeric"
          placeholder={t('settings.threads.all', { count: cores, cores: formatCount(cores) })}
          value={text}
          aria-invalid={'problem' in wish}
          aria-describedby={`${id}-about`}
          onChange={(event) => setText(event.target.value)}
          onBlur={takeOver}
          onKeyDown={onKeyDown}
        />
      </div>
      <Refused of="threads" />
      <p className="cost wrong" id={`${id}-about`}>
        {'problem' in wish && wish.problem}
      </p>
    </>
  );
}
