import { type KeyboardEvent, useMemo, useState } from 'react';
import { formatCount } from '../format.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { keysOf } from '../shell/keys.js';
import { useApp } from '../store/store.js';
import { t } from '../words.js';
import { ChatList } from './ChatList.js';
import { SEARCH_ID } from './focus-search.js';
import { SearchHits } from './SearchHits.js';
import { archivedOf } from './sections.js';
import { useSearch } from './use-search.js';

/** The search, and the chats: all of them, those it finds, or those in the archive. */
export function Chats({ onChoose }: { onChoose?: () => void }) {
  const [query, setQuery] = useState('');
  const [isArchive, setArchive] = useState(false);
  const hits = useSearch(query);
  return (
    <>
      <SearchBox query={query} onQuery={setQuery} />
      {isArchive && hits === null && (
        <div className="archive-head">
          <IconButton icon="left" label={t('sidebar.back')} onClick={() => setArchive(false)} />
          {t('sidebar.archive')}
        </div>
      )}
      {hits ? (
        <SearchHits hits={hits} onChoose={onChoose} />
      ) : (
        <ChatList key={String(isArchive)} isArchive={isArchive} onChoose={onChoose} />
      )}
      {!isArchive && <ArchiveLink onOpen={() => setArchive(true)} />}
    </>
  );
}

function ArchiveLink({ onOpen }: { onOpen: () => void }) {
  const chats = useApp((state) => state.chats);
  const count = useMemo(() => archivedOf(chats).length, [chats]);
  if (count === 0) return null;
  return (
    <div className="side-act">
      <button type="button" className="srow" onClick={onOpen}>
        <Icon name="archive" />
        <span className="grow">{t('sidebar.archive')}</span>
        <span className="num faint">{formatCount(count)}</span>
      </button>
    </div>
  );
}

function SearchBox({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape' && query !== '') {
      event.stopPropagation();
      onQuery('');
    }
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      // While nothing is found yet, all chats are still shown: none of them was meant.
      if (event.key === 'Enter' && query !== '') document.querySelector<HTMLElement>('.hit')?.click();
      else document.querySelector<HTMLElement>('.hit, [data-chat]')?.focus();
    }
  };
  return (
    <div className="search">
      <Icon name="search" />
      <input
        id={SEARCH_ID}
        type="search"
        aria-label={t('sidebar.search.label')}
        placeholder={t('sidebar.search.label')}
        value={query}
        maxLength={1000}
        // Beside the words there is no room for three keys.
        title={keysOf('searchChats')}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {query !== '' && <IconButton icon="close" label={t('sidebar.search.clear')} onClick={() => onQuery('')} />}
    </div>
  );
}
