import { useEffect, useState } from 'react';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { IconButton } from './IconButton.js';

const SHOWN_MS = 12_000;

/** What was just deleted can be brought back; it stays while one is at it. */
export function UndoToast() {
  const undo = useApp((state) => state.undo);
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (!undo || isHeld) return;
    const timer = setTimeout(actions.closeUndo, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [undo, isHeld]);
  if (!undo) return null;
  const hold = { onFocus: () => setHeld(true), onBlur: () => setHeld(false) };
  return (
    <section
      className="toast"
      aria-label="Deleted"
      {...hold}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
    >
      <span role="status">{undo.text}</span>
      <button type="button" className="btn" onClick={actions.undoDelete}>
        Undo
      </button>
      <IconButton icon="close" label="Close this notice" onClick={actions.closeUndo} />
    </section>
  );
}
