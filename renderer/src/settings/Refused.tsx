import type { AppSettings } from '../../../electron/ipc/app-settings.js';
import { wordsFor } from '../error-words.js';
import { Wording } from '../shell/Wording.js';
import { useApp } from '../store/store.js';
import { t } from '../words.js';

const HAVE_A_PLACE: readonly unknown[] = ['threads', 'quickKey'] satisfies (keyof AppSettings)[];

/** A change that main did not make: beside its setting, or above all of them where none has a place for it. */
export function Refused({ of }: { of?: keyof AppSettings }) {
  const error = useApp(({ settingsError }) => {
    const field = settingsError?.details?.field;
    return (of ? field === of : !HAVE_A_PLACE.includes(field)) ? settingsError : null;
  });
  if (!error) return null;
  return (
    <div className={of ? 'refused' : 'refused sec'}>
      <div className="note bad" role="alert">
        <span className="grow">
          <b>{t('settings.notChanged')}</b> {wordsFor(error).message}
          <Wording error={error} />
        </span>
      </div>
    </div>
  );
}
