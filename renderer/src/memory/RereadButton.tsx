import { formatDuration, formatTokens } from '../format.js';
import { isBusy } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

/** Reads the chat again at once, and says before what that takes. */
export function RereadButton() {
  const canRead = useApp((state) => !isBusy(state) && state.model.state === 'ready');
  const tokens = useApp(({ kv, kvChatId, currentChatId }) => (kvChatId === currentChatId ? (kv?.tokensSeen ?? 0) : 0));
  const ms = useApp((state) => state.textMemory?.rereadMs ?? null);
  if (!canRead || tokens === 0) return null;
  return (
    <span className="reread">
      <button type="button" className="link" onClick={() => void actions.reread()}>
        {t('memory.reread.now')}
      </button>
      <span className="faint num">
        {ms === null
          ? formatTokens(tokens)
          : t('memory.reread.takes', { tokens: formatTokens(tokens), duration: formatDuration(ms) })}
      </span>
    </span>
  );
}
