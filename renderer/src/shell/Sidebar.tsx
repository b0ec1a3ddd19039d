import { useMemo } from 'react';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { IconButton } from './IconButton.js';
import { Icon, Mark } from './icons.js';
import { modKeys } from './keys.js';

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
        <IconButton icon="side" label="Hide sidebar" keys={modKeys('B')} onClick={onHide} />
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
          <kbd>{modKeys('N')}</kbd>
        </button>
      </div>
      <ChatList onChoose={onChoose} />
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

function ChatList({ onChoose }: Pick<SidebarProps, 'onChoose'>) {
  const chats = useApp((state) => state.chats);
  const ids = useMemo(() => Object.keys(chats), [chats]);
  const hasChats = useApp((state) => ids.some((id) => state.chats[id].messageIds.length > 0));
  return (
    <nav aria-label="Chat history">
      <h2>{hasChats ? 'This session' : 'No chats yet'}</h2>
      <ul>
        {ids.map((id) => (
          <ChatRow key={id} id={id} onChoose={onChoose} />
        ))}
      </ul>
      <p className="keeps">Chats are kept until you close the app.</p>
    </nav>
  );
}

function ChatRow({ id, onChoose }: { id: string } & Pick<SidebarProps, 'onChoose'>) {
  const title = useApp((state) => (state.chats[id].messageIds.length > 0 ? state.chats[id].title : null));
  const isCurrent = useApp((state) => state.currentChatId === id);
  const isAnswering = useApp((state) => state.running?.chatId === id);
  if (title === null) return null;
  return (
    <li>
      <button
        type="button"
        className="srow"
        aria-current={isCurrent ? 'page' : undefined}
        onClick={() => {
          actions.openChat(id);
          onChoose?.();
        }}
      >
        <span className="grow trunc" title={title}>
          {title}
        </span>
        {isAnswering && !isCurrent && <span className="busy" role="img" aria-label="Answering" />}
      </button>
    </li>
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
    <IconButton icon="gear" label="Settings" keys={modKeys(',')} onClick={() => actions.showPanelTab('settings')} />
  );
}

/** The sidebar where the window is narrow or the user hid it. */
export function Rail() {
  return (
    <aside className="rail" aria-label="Chats, collapsed">
      <div className="top">
        <Mark />
      </div>
      <IconButton icon="plus" label="New chat" keys={modKeys('N')} onClick={actions.newChat} />
      <IconButton icon="side" label="Show sidebar" keys={modKeys('B')} onClick={() => actions.show('sidebar')} />
      <span className="grow" />
      <SettingsButton />
    </aside>
  );
}
