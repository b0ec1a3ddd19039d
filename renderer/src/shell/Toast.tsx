import { useEffect, useState } from 'react';
import { closing } from '../chat/closing.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { IconButton } from './IconButton.js';

const SHOWN_MS = 12_000;

/** The chat's place is above the message box; a side that is laid over the chat has one of its own. */
type Place = 'chat' | NonNullable<AppState['overlay']>;

/**
 * What was just done; what was deleted can be brought back. It stays while one is at it, and covers nothing: it makes
 * room for itself.
 */
export function Toast({ place = 'chat' }: { place?: Place }) {
  const toast = useApp((state) => state.toast);
  // The window of assistants tells it itself.
  const isUnderDialog = useApp((state) => state.dialog === 'assistants');
  const isHere = useApp(({ overlay }) => (overlay ?? 'chat') === place);
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (!toast || isHeld || !isHere) return;
    const timer = setTimeout(actions.closeToast, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast, isHeld, isHere]);
  const isShown = toast !== null && isHere && !isUnderDialog;
  // What vanishes under the pointer or with the focus in it does not say that they left.
  useEffect(() => {
    if (!isShown) setHeld(false);
  }, [isShown]);
  if (!isShown) return null;
  const hold = { onFocus: () => setHeld(true), onBlur: () => setHeld(false) };
  return (
    <section
      className="note toast"
      aria-label={t('shell.done')}
      {...hold}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
    >
      <span className="grow" role="status">
        {toast.words()}
      </span>
      {toast.undo && (
        <button type="button" className="btn" onClick={closing(actions.undoDelete)}>
          {t('shell.undo')}
        </button>
      )}
      <IconButton icon="close" label={t('shell.closeNotice')} onClick={closing(actions.closeToast)} />
    </section>
  );
}
