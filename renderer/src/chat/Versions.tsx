import { IconButton } from '../shell/IconButton.js';
import { versionsOf } from '../store/chat-tree.js';
import { isBusy } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

/** Which of several versions of a message is shown; nothing where there is one. */
export function Versions({ id }: { id: string }) {
  const tree = useApp((state) => state.trees[state.currentChatId]);
  const versions = tree ? versionsOf(tree, id) : [];
  const busy = useApp((state) => isBusy(state) && state.running?.chatId === state.currentChatId);
  const at = versions.indexOf(id);
  if (versions.length < 2) return null;
  return (
    <fieldset className="versions" aria-label={t('chat.versions.at', { at: at + 1, all: versions.length })}>
      <IconButton
        icon="left"
        label={t('chat.versions.before')}
        disabled={busy || at === 0}
        onClick={() => actions.stepVersion(id, -1)}
      />
      <span className="num" aria-hidden="true">
        {at + 1}/{versions.length}
      </span>
      <IconButton
        icon="right"
        label={t('chat.versions.next')}
        disabled={busy || at === versions.length - 1}
        onClick={() => actions.stepVersion(id, 1)}
      />
    </fieldset>
  );
}
