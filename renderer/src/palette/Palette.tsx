import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { Icon } from '../shell/icons.js';
import { Snippet } from '../sidebar/Snippet.js';
import { useSearch } from '../sidebar/use-search.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import type { PaletteCommand } from './palette-commands.js';
import { chatsFor, commandsFor, type PaletteChat } from './palette-entries.js';

type Entry = { id: string; chat: PaletteChat } | { id: string; command: PaletteCommand };

interface Group {
  title: string;
  items: Entry[];
}

/** Every chat and every command, by a few letters of its name. */
export function Palette() {
  const isOpen = useApp((state) => state.dialog === 'palette');
  const chosen = useRef<(() => void) | null>(null);
  useEffect(() => {
    if (isOpen) chosen.current = null;
    if (!chosen.current) return;
    actions.focusInput();
    chosen.current();
  }, [isOpen]);
  const choose = (run: () => void) => {
    chosen.current = run;
    actions.closeDialog();
  };
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && actions.closeDialog()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="overlay-back" />
        <Dialog.Popup
          className="palette"
          aria-label={t('palette.title')}
          // What was chosen says where the focus goes.
          finalFocus={() => chosen.current === null}
        >
          {isOpen && <Entries onChoose={choose} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Entries({ onChoose }: { onChoose: (run: () => void) => void }) {
  const [query, setQuery] = useState('');
  const groups = useGroups(query);
  return (
    <Autocomplete.Root
      open
      inline
      mode="none"
      items={groups}
      itemToStringValue={(entry: Entry) => entry.id}
      value={query}
      onValueChange={(value, { reason }) => reason === 'input-change' && setQuery(value)}
      autoHighlight="always"
      keepHighlight
    >
      <div className="palette-field">
        <Icon name="search" />
        <Autocomplete.Input aria-label={t('palette.title')} placeholder={t('palette.placeholder')} maxLength={1000} />
        <kbd>Esc</kbd>
      </div>
      <Autocomplete.Empty className="palette-none">{groups.length === 0 && t('palette.nothing')}</Autocomplete.Empty>
      <Autocomplete.List className="palette-list">
        {(group: Group) => (
          <Autocomplete.Group key={group.title} items={group.items}>
            <Autocomplete.GroupLabel className="palette-group">{group.title}</Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(entry: Entry) => (
                <Autocomplete.Item
                  key={entry.id}
                  value={entry}
                  className="palette-item"
                  onClick={() => onChoose(() => run(entry))}
                >
                  <Face entry={entry} />
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

/** Without a query the chats of late are first: most often one of them is wanted. */
function useGroups(query: string): Group[] {
  const hits = useSearch(query);
  const all = useApp((state) => state.chats);
  const currentChatId = useApp((state) => state.currentChatId);
  const chats = useMemo(() => chatsFor(query, { chats: all, currentChatId }, hits), [query, all, currentChatId, hits]);
  const commands = useApp(useShallow((state) => commandsFor(query, state)));
  const recent = query.trim() === '';
  const groups = [
    { title: t('palette.commandsTitle'), items: commands.map((command) => ({ id: command.id, command })) },
    {
      title: t(recent ? 'palette.recentTitle' : 'palette.chatsTitle'),
      items: chats.map((chat) => ({ id: `chat.${chat.chatId}`, chat })),
    },
  ];
  return (recent ? groups.reverse() : groups).filter(({ items }) => items.length > 0);
}

function run(entry: Entry): void {
  if ('command' in entry) entry.command.run();
  else void actions.openChat(entry.chat.chatId, entry.chat.hit?.messageId ?? null);
}

function Face({ entry }: { entry: Entry }) {
  if ('command' in entry) {
    const { words, keys } = entry.command;
    return (
      <>
        <span className="trunc grow">{words()}</span>
        {keys && <kbd>{keys()}</kbd>}
      </>
    );
  }
  const { title, hit } = entry.chat;
  return (
    <>
      <Icon name="chat" />
      <span className="grow">
        <span className="trunc" dir="auto">
          {title}
        </span>
        {hit && (
          <span className="trunc snippet" dir="auto">
            <Snippet snippet={hit.snippet} />
          </span>
        )}
      </span>
    </>
  );
}
