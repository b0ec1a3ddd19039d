import { wordsFor } from '../error-words.js';
import { Wording } from '../shell/Wording.js';
import { useApp } from '../store/store.js';
import type { UpdateState } from '../store/update-actions.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

/** Looks for a newer version when it is clicked, and at no other time. */
export function UpdateCheck() {
  const update = useApp((state) => state.update);
  const isBusy = update.step === 'checking' || update.step === 'loading';
  return (
    <div className="explain">
      {update.step === 'available' ? (
        <button type="button" className="btn" onClick={actions.downloadUpdate}>
          {t('settings.updates.download', { version: update.version })}
        </button>
      ) : (
        <button type="button" className="link" disabled={isBusy} onClick={actions.checkForUpdates}>
          {t('settings.updates.check')}
        </button>
      )}
      <p role="status">{words(update)}</p>
      {update.step === 'failed' && <Wording error={update.error} />}
    </div>
  );
}

function words(update: UpdateState): string {
  switch (update.step) {
    case 'idle':
      return '';
    case 'checking':
      return t('settings.updates.checking');
    case 'latest':
      return t('settings.updates.latest');
    case 'off':
      return t(`settings.updates.off.${update.why}`);
    case 'available':
      return t('settings.updates.available');
    case 'loading':
      return t('settings.updates.loading', { version: update.version });
    case 'ready':
      return t('settings.updates.ready', { version: update.version });
    case 'failed':
      return `${wordsFor(update.error).title} ${wordsFor(update.error).message}`;
  }
}
