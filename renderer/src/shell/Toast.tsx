import { useEffect, useState } from 'react';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { IconButton } from './IconButton.js';

const SHOWN_MS = 12_000;

/** What was just done; what was deleted can be brought back. It stays while one is at it. */
export function Toast() {
  const toast = useApp((state) => state.toast);
  // Which tells it itself.
  const isUnderDialog = useApp((state) => state.dialog === 'assistants');
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (!toast || isHeld) return;
    const timer = setTimeout(actions.closeToast, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast, isHeld]);
  const isShown = toast !== null && !isUnderDialog;
  // What vanishes under the pointer or with the focus in it does not say that they left.
  useEffect(() => {
    if (!isShown) setHeld(false);
  }, [isShown]);
  if (!isShown) return null;
  const hold = { onFocus: () => setHeld(true), onBlur: () => setHeld(false) };
  return (
    <section
      className="toast"
      aria-label={t('shell.done')}
      {...hold}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
    >
      <span role="status">{toast.text}</span>
      {toast.undo && (
        <button type="button" className="btn" onClick={undo}>
          {t('shell.undo')}
        </button>
      )}
      <IconButton icon="close" label={t('shell.closeNotice')} onClick={actions.closeToast} />
    </section>
  );
}

/** The button is gone then. */
function undo(): void {
  actions.undoDelete();
  actions.focusInput();
}
