import { formatCount } from '../format.js';
import { Chats } from '../sidebar/Chats.js';
import { focusSearch } from '../sidebar/focus-search.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { IconButton } from './IconButton.js';
import { Icon, Mark } from './icons.js';
import { keysOf } from './keys.js';

interface SidebarProps {
  /** Called when something was chosen: an overlay then closes. */
  onChoose?: () => void;
  onHide: () => void;
}

export function Sidebar({ onChoose, onHide }: SidebarProps) {
  return (
    <aside className="side" aria-label={t('shell.chats')}>
      <div className="side-top">
        <Mark />
        <span className="grow">Pyramid Chat</span>
        <IconButton icon="side" label={t('shell.hideSidebar')} keys={keysOf('toggleSidebar')} onClick={onHide} />
      </div>
      <div className="side-act">
        <button
          type="button"
          className="srow"
          onClick={() => {
            actions.newChat();
            onChoose?.();
          }}
        >
          <Icon name="plus" />
          <span className="grow">{t('shell.shortcuts.newChat')}</span>
          <kbd>{keysOf('newChat')}</kbd>
        </button>
      </div>
      <Chats onChoose={onChoose} />
      <div className="side-foot">
        <Icon name="chip" />
        <span className="grow trunc">
          <Hardware />
        </span>
        <SettingsButton />
      </div>
    </aside>
  );
}

function Hardware() {
  const line = useApp(hardwareLine);
  return <span title={line}>{line}</span>;
}

function hardwareLine({ appInfo }: AppState): string {
  if (!appInfo) return '';
  const gigabytes = (bytes: number): string => formatCount(bytes / 2 ** 30);
  const { cores, freeMemoryBytes, totalMemoryBytes } = appInfo;
  return t('shell.hardware', {
    count: cores,
    cores: formatCount(cores),
    free: gigabytes(freeMemoryBytes),
    total: gigabytes(totalMemoryBytes),
  });
}

function SettingsButton() {
  return (
    <IconButton
      icon="gear"
      label={t('shell.shortcuts.openSettings')}
      keys={keysOf('openSettings')}
      onClick={() => actions.showPanelTab('settings')}
    />
  );
}

/** The sidebar where the window is narrow or the user hid it. */
export function Rail() {
  return (
    <aside className="rail" aria-label={t('shell.chatsCollapsed')}>
      <div className="top">
        <Mark />
      </div>
      <IconButton icon="plus" label={t('shell.shortcuts.newChat')} keys={keysOf('newChat')} onClick={actions.newChat} />
      <IconButton
        icon="search"
        label={t('shell.shortcuts.searchChats')}
        keys={keysOf('searchChats')}
        onClick={focusSearch}
      />
      <IconButton
        icon="side"
        label={t('shell.showSidebar')}
        keys={keysOf('toggleSidebar')}
        onClick={() => actions.show('sidebar')}
      />
      <span className="grow" />
      <SettingsButton />
    </aside>
  );
}
