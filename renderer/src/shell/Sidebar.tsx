import { Chats } from '../sidebar/Chats.js';
import { focusSearch } from '../sidebar/focus-search.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
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
    <aside className="side" aria-label="Chats">
      <div className="side-top">
        <Mark />
        <span className="grow">Pyramid Chat</span>
        <IconButton icon="side" label="Hide sidebar" keys={keysOf('toggleSidebar')} onClick={onHide} />
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
          <span className="grow">New chat</span>
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
  const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(0);
  const { cores, freeMemoryBytes, totalMemoryBytes } = appInfo;
  return `CPU, ${cores} cores · ${gigabytes(freeMemoryBytes)} of ${gigabytes(totalMemoryBytes)} GB free`;
}

function SettingsButton() {
  return (
    <IconButton
      icon="gear"
      label="Settings"
      keys={keysOf('openSettings')}
      onClick={() => actions.showPanelTab('settings')}
    />
  );
}

/** The sidebar where the window is narrow or the user hid it. */
export function Rail() {
  return (
    <aside className="rail" aria-label="Chats, collapsed">
      <div className="top">
        <Mark />
      </div>
      <IconButton icon="plus" label="New chat" keys={keysOf('newChat')} onClick={actions.newChat} />
      <IconButton icon="search" label="Search chats" keys={keysOf('searchChats')} onClick={focusSearch} />
      <IconButton
        icon="side"
        label="Show sidebar"
        keys={keysOf('toggleSidebar')}
        onClick={() => actions.show('sidebar')}
      />
      <span className="grow" />
      <SettingsButton />
    </aside>
  );
}
