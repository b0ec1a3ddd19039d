import { ContextMenu } from '@base-ui/react/context-menu';
import { type KeyboardEvent, type MouseEvent, memo } from 'react';
import { flushSync } from 'react-dom';
import { Icon } from '../shell/icons.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { RowMenu } from './RowMenu.js';

interface ChatRowProps {
  id: string;
  isSelected: boolean;
  /** All that are, with this one or without. */
  selected: readonly string[];
  isRenaming: boolean;
  onRename: (begins: boolean) => void;
  onClick: (event: MouseEvent) => void;
}

export const ChatRow = memo(function ChatRow({
  id,
  isSelected,
  selected,
  isRenaming,
  onRename,
  onClick,
}: ChatRowProps) {
  const title = useApp((state) => state.chats[id]?.title ?? '');
  const isCurrent = useApp((state) => state.currentChatId === id);
  const isPinned = useApp((state) => state.chats[id]?.isPinned === true);
  const isAnswering = useApp((state) => state.running?.chatId === id);
  if (isRenaming) return <RenameBox id={id} title={title} onDone={() => onRename(false)} />;
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger className="chat-row" data-selected={isSelected || undefined}>
        <button
          type="button"
          className="srow"
          data-chat={id}
          aria-current={isCurrent ? 'page' : undefined}
          aria-pressed={isSelected ? true : undefined}
          onClick={onClick}
          onDoubleClick={() => onRename(true)}
        >
          <span className="grow trunc" dir="auto" title={title}>
            {title}
          </span>
          {isAnswering && !isCurrent && <span className="busy" role="img" aria-label={t('sidebar.row.answering')} />}
          {isPinned && <Icon name="pin" />}
        </button>
        <button
          type="button"
          className="ib row-more"
          aria-label={t('sidebar.row.more', { title })}
          aria-haspopup="menu"
          onClick={openMenu}
        >
          <Icon name="more" />
        </button>
      </ContextMenu.Trigger>
      <RowMenu ids={isSelected && selected.length > 1 ? selected : [id]} onRename={() => onRename(true)} />
    </ContextMenu.Root>
  );
});

/** The same menu as the right button's. */
function openMenu({ currentTarget }: MouseEvent<HTMLElement>): void {
  const { right, bottom } = currentTarget.getBoundingClientRect();
  const place = { clientX: right - 20, clientY: bottom };
  currentTarget.parentElement?.dispatchEvent(
    new window.MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...place }),
  );
}

function RenameBox({ id, title, onDone }: { id: string; title: string; onDone: () => void }) {
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') actions.renameChat(id, event.currentTarget.value);
    if (event.key === 'Enter' || event.key === 'Escape') {
      event.stopPropagation();
      // The row gets the focus: Enter is not to open it, too.
      event.preventDefault();
      flushSync(onDone);
      document.querySelector<HTMLElement>(`[data-chat="${CSS.escape(id)}"]`)?.focus();
    }
  };
  return (
    <input
      className="rename"
      dir="auto"
      aria-label={t('sidebar.row.title')}
      defaultValue={title}
      maxLength={200}
      // biome-ignore lint/a11y/noAutofocus: it takes the place of what was just used
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        actions.renameChat(id, event.currentTarget.value);
        onDone();
      }}
    />
  );
}
