import { wordsFor } from '../error-words.js';
import { useApp } from '../store/store.js';
import type { UpdateState } from '../store/update-actions.js';
import { actions } from '../store/window-actions.js';

/** Looks for a newer version when it is clicked, and at no other time. */
export function UpdateCheck() {
  const update = useApp((state) => state.update);
  const isBusy = update.step === 'checking' || update.step === 'loading';
  return (
    <div className="explain">
      {update.step === 'available' ? (
        <button type="button" className="btn" onClick={actions.downloadUpdate}>
          Download version {update.version}
        </button>
      ) : (
        <button type="button" className="link" disabled={isBusy} onClick={actions.checkForUpdates}>
          Check for updates
        </button>
      )}
      <p role="status">{words(update)}</p>
    </div>
  );
}

function words(update: UpdateState): string {
  switch (update.step) {
    case 'idle':
      return '';
    case 'checking':
      return 'Looking for a newer version…';
    case 'latest':
      return 'This is the newest version.';
    case 'off':
      return update.reason;
    case 'available':
      return 'It takes the place of this one when you quit; your chats stay.';
    case 'loading':
      return `Downloading version ${update.version}…`;
    case 'ready':
      return `Version ${update.version} is here. It takes the place of this one when you quit.`;
    case 'failed':
      return `${wordsFor(update.error).title} ${wordsFor(update.error).message}`;
  }
}
