import { useEffect } from 'react';
import { formatDuration, formatTokens } from '../format.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';

/** Reads the chat again at once, and says before what that takes. */
export function RereadButton() {
  const isBusy = useApp((state) => state.running !== null || state.queued !== null || state.model.state !== 'ready');
  const tokens = useApp(({ kv, kvChatId, currentChatId }) => (kvChatId === currentChatId ? (kv?.tokensSeen ?? 0) : 0));
  const ms = useApp((state) => state.textMemory?.rereadMs ?? null);
  useEffect(() => actions.inspectMemory(), []);
  if (isBusy || tokens === 0) return null;
  return (
    <span className="reread">
      <button type="button" className="link" onClick={() => void actions.reread()}>
        Read again now
      </button>
      <span className="faint num">
        {formatTokens(tokens)}
        {ms !== null && `, about ${formatDuration(ms)}`}
      </span>
    </span>
  );
}
