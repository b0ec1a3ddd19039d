import { ContextMenu } from '@base-ui/react/context-menu';
import { formatCount } from '../format.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

interface RowMenuProps {
  /** One chat, or all that are selected. */
  ids: readonly string[];
  onRename: () => void;
}

/** What can be done with chats. */
export function RowMenu({ ids, onRename }: RowMenuProps) {
  const isPinned = useApp((state) => state.chats[ids[0]]?.isPinned === true);
  const isArchived = useApp((state) => state.chats[ids[0]]?.isArchived === true);
  const many = { count: ids.length, written: formatCount(ids.length) };
  return (
    <ContextMenu.Portal>
      <ContextMenu.Positioner className="over-panel">
        <ContextMenu.Popup className="menu" aria-label={t('sidebar.menu.label')}>
          {ids.length === 1 && (
            <ContextMenu.Item className="menu-item" onClick={onRename}>
              {t('sidebar.menu.rename')}
              <kbd>F2</kbd>
            </ContextMenu.Item>
          )}
          <ContextMenu.Item className="menu-item" onClick={() => actions.pinChats(ids, !isPinned)}>
            {t(isPinned ? 'sidebar.menu.unpin' : 'sidebar.menu.pin', many)}
          </ContextMenu.Item>
          <ContextMenu.Item className="menu-item" onClick={() => actions.archiveChats(ids, !isArchived)}>
            {isArchived ? t('sidebar.menu.unarchive') : t('sidebar.menu.archive', many)}
          </ContextMenu.Item>
          <ContextMenu.Item className="menu-item" onClick={() => actions.exportChats(ids, 'markdown')}>
            {t('sidebar.menu.exportMarkdown')}
          </ContextMenu.Item>
          <ContextMenu.Item className="menu-item" onClick={() => actions.exportChats(ids, 'json')}>
            {t('sidebar.menu.exportJson')}
          </ContextMenu.Item>
          <ContextMenu.Item className="menu-item" onClick={() => actions.deleteChats(ids)}>
            {t('sidebar.menu.delete', many)}
            <kbd>{t('sidebar.menu.deleteKey')}</kbd>
          </ContextMenu.Item>
        </ContextMenu.Popup>
      </ContextMenu.Positioner>
    </ContextMenu.Portal>
  );
}
