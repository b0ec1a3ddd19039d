import { type KeyboardEvent, type ReactNode, useMemo, useState } from 'react';
import { Virtuoso } from 'react-virtuoso';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { ChatRow } from './ChatRow.js';
import { SelectionBar } from './SelectionBar.js';
import { archivedOf, type Line, linesOf } from './sections.js';
import { NONE, ranged, toggled } from './selection.js';
import { useToday } from './use-today.js';

interface ChatListProps {
  isArchive: boolean;
  onChoose?: () => void;
}

/** The chats by day, or those that were put away. Only what is in sight is laid out. */
export function ChatList({ isArchive, onChoose }: ChatListProps) {
  const chats = useApp((state) => state.chats);
  const currentId = useApp((state) => state.currentChatId);
  const today = useToday();
  const lines = useMemo(() => (isArchive ? archivedOf(chats) : linesOf(chats, today)), [chats, isArchive, today]);
  const order = useMemo(() => lines.flatMap((line) => (line.kind === 'chat' ? [line.chat.id] : [])), [lines]);
  const [selection, setSelection] = useState(NONE);
  const [renamingId, setRenamingId] = useState<string | null>(null);
  const selected = order.filter((id) => selection.ids.has(id));
  const current = order.includes(currentId) ? currentId : null;

  const onRow = (id: string, event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => {
    if (event.shiftKey) setSelection(ranged(selection, id, order, current));
    else if (event.ctrlKey || event.metaKey) setSelection(toggled(selection, id, current));
    else {
      setSelection(NONE);
      void actions.openChat(id);
      onChoose?.();
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const id = event.target instanceof HTMLElement ? event.target.dataset.chat : undefined;
    if (id === undefined) return;
    if (event.key === 'Escape' && selected.length > 0) setSelection(NONE);
    else if (event.key === 'F2') setRenamingId(id);
    else if (event.key === 'Delete') actions.deleteChats(selected.includes(id) ? selected : [id]);
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') focusNext(event.target as HTMLElement, event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <nav aria-label={t(isArchive ? 'sidebar.archivedChats' : 'sidebar.chats')} onKeyDown={onKeyDown}>
      {selected.length > 1 && <SelectionBar ids={selected} isArchive={isArchive} onDone={() => setSelection(NONE)} />}
      {lines.length === 0 ? (
        <p className="keeps">{t(isArchive ? 'sidebar.nothingArchived' : 'sidebar.noChats')}</p>
      ) : (
        <Virtuoso
          className="chat-lines"
          tabIndex={-1}
          data={lines}
          computeItemKey={(_, line) => (line.kind === 'chat' ? line.chat.id : line.section)}
          increaseViewportBy={200}
          itemContent={(_, line) => (
            <LineView line={line}>
              {(id) => (
                <ChatRow
                  id={id}
                  isSelected={selection.ids.has(id)}
                  selected={selected}
                  isRenaming={renamingId === id}
                  onRename={(renames) => setRenamingId(renames ? id : null)}
                  onClick={(event) => onRow(id, event)}
                />
              )}
            </LineView>
          )}
        />
      )}
    </nav>
  );
}

function LineView({ line, children }: { line: Line; children: (id: string) => ReactNode }) {
  return line.kind === 'heading' ? <h2>{t(`sidebar.sections.${line.section}`)}</h2> : children(line.chat.id);
}

function focusNext(from: HTMLElement, key: 'ArrowDown' | 'ArrowUp'): void {
  const rows = [...(from.closest('nav')?.querySelectorAll<HTMLElement>('[data-chat]') ?? [])];
  rows[rows.indexOf(from) + (key === 'ArrowDown' ? 1 : -1)]?.focus();
}
