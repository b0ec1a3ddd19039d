import { ContextMenu } from '@base-ui/react/context-menu';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';

interface RowMenuProps {
  /** One chat, or all that are selected. */
  ids: readonly string[];
  onRename: () => void;
}

/** What can be done with chats. */
export function RowMenu({ ids, onRename }: RowMenuProps) {
  const isPinned = useApp((state) => state.chats[ids[0]]?.isPinned === true);
  const isArchived = useApp((state) => state.chats[ids[0]]?.isArchived === true);
  const all = ids.length > 1 ? ` ${ids.length} chats` : '';
  return (
    <ContextMenu.Portal>
      <ContextMenu.Positioner className="over-panel">
        <ContextMenu.Popup className="menu" aria-label="Chat">
          {ids.length === 1 && (
            <ContextMenu.Item className="menu-item" onClick={onRename}>
              Rename<kbd>F2</kbd>
            </ContextMenu.Item>
          )}
          <ContextMenu.Item className="menu-item" onClick={() => actions.pinChats(ids, !isPinned)}>
            {isPinned ? 'Unpin' : 'Pin'}
            {all}
          </ContextMenu.Item>
          <ContextMenu.Item className="menu-item" onClick={() => actions.archiveChats(ids, !isArchived)}>
            {isArchived ? 'Take out of the archive' : `Archive${all}`}
          </ContextMenu.Item>
          <ContextMenu.Item className="menu-item" onClick={() => actions.exportChats(ids, 'markdown')}>
            Export as Markdown…
          </ContextMenu.Item>
          <ContextMenu.Item className="menu-item" onClick={() => actions.exportChats(ids, 'json')}>
            Export as JSON…
          </ContextMenu.Item>
          <ContextMenu.Item className="menu-item" onClick={() => actions.deleteChats(ids)}>
            Delete{all}
            <kbd>Del</kbd>
          </ContextMenu.Item>
        </ContextMenu.Popup>
      </ContextMenu.Positioner>
    </ContextMenu.Portal>
  );
}
