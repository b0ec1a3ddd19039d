import { openChatTab } from '../assistants/open.js';
import { ModelPicker } from '../model/ModelPicker.js';
import { canBeginComparison } from '../store/comparing.js';
import { showsComparison } from '../store/comparison.js';
import { isShown } from '../store/side-actions.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { IconButton } from './IconButton.js';
import { keysOf } from './keys.js';

export function Header({ hasStrip }: { hasStrip: boolean }) {
  const replayed = useApp((state) => state.replay?.name ?? null);
  const title = useApp((state) => replayed ?? (state.chats[state.currentChatId].title || t('shell.shortcuts.newChat')));
  const showsSurvival = useApp((state) => state.survival !== null);
  const comparing = useApp(showsComparison);
  const canCompare = useApp((state) => state.comparison?.chatId === state.currentChatId || canBeginComparison(state));
  const panelOpen = useApp((state) => state.panelOpen);
  const showsChatTab = useApp((state) => state.panelTab === 'chat' && isShown(state, 'panel'));
  return (
    <header className="head">
      <h1 className="grow trunc" dir="auto" title={title}>
        {title}
      </h1>
      <ModelPicker />
      {replayed === null && (
        <>
          <IconButton
            icon="bubble"
            label={t('assistants.chat.open')}
            keys={keysOf('openChatTab')}
            aria-pressed={showsChatTab}
            onClick={openChatTab}
          />
          <IconButton
            icon="lines"
            label={t('shell.shortcuts.toggleSurvival')}
            keys={keysOf('toggleSurvival')}
            aria-pressed={showsSurvival}
            onClick={actions.toggleSurvival}
          />
          <IconButton
            icon="columns"
            label={t('shell.commands.toggleComparison')}
            aria-pressed={comparing}
            disabled={!canCompare}
            onClick={actions.toggleComparison}
          />
        </>
      )}
      {!hasStrip && (
        <IconButton
          icon="panel"
          label={t('shell.shortcuts.togglePanel')}
          keys={keysOf('togglePanel')}
          aria-pressed={panelOpen}
          onClick={actions.togglePanel}
        />
      )}
    </header>
  );
}
