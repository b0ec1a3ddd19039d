import { type KeyboardEvent, useId, useState } from 'react';
import { QUICK_KEY } from '../../../electron/ipc/quick-key.js';
import { IS_MAC, pressedKeys, writtenKeys } from '../shell/keys.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

const ALONE = ['Control', 'Shift', 'Alt', 'Meta', 'AltGraph'];
const NOT_TAKEN = ['Tab', 'Escape', 'Enter'];

/** Keys are chosen by pressing them here. */
export function QuickKeyField({ keys }: { keys: string }) {
  const [isWrong, setWrong] = useState(false);
  const id = useId();
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape') event.currentTarget.blur();
    if (NOT_TAKEN.includes(event.key) || ALONE.includes(event.key)) return;
    event.preventDefault();
    const pressed = pressedKeys(event.nativeEvent, IS_MAC);
    const canBe = QUICK_KEY.test(pressed);
    setWrong(!canBe);
    if (canBe && pressed !== keys) actions.changeSettings({ quickKey: pressed });
  };
  return (
    <>
      <div className="setting">
        <label htmlFor={id}>{t('settings.anywhere.keys')}</label>
        <input
          id={id}
          className="field num"
          readOnly
          data-takes-keys=""
          value={writtenKeys(keys)}
          aria-describedby={`${id}-about`}
          onKeyDown={onKeyDown}
          onBlur={() => setWrong(false)}
        />
      </div>
      <p className={isWrong ? 'cost wrong' : 'cost muted'} id={`${id}-about`}>
        {isWrong ? t('settings.anywhere.keysWrong') : t('settings.anywhere.keysAbout')}
      </p>
    </>
  );
}
