import { Virtuoso } from 'react-virtuoso';
import type { SearchHit } from '../../../electron/ipc/chat-contract.js';
import { formatCount } from '../format.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { Snippet } from './Snippet.js';

interface SearchHitsProps {
  hits: readonly SearchHit[];
  onChoose?: () => void;
}

/** The chats that a search found, each with where. */
export function SearchHits({ hits, onChoose }: SearchHitsProps) {
  return (
    <nav aria-label={t('sidebar.search.found')}>
      <p className="sr-only" role="status">
        {t('sidebar.search.count', { count: hits.length, written: formatCount(hits.length) })}
      </p>
      {hits.length === 0 ? (
        <p className="keeps">{t('sidebar.search.nothing')}</p>
      ) : (
        <Virtuoso
          className="chat-lines"
          tabIndex={-1}
          data={hits as SearchHit[]}
          computeItemKey={(_, { chatId }) => chatId}
          itemContent={(_, hit) => <Hit hit={hit} onChoose={onChoose} />}
        />
      )}
    </nav>
  );
}

function Hit({ hit, onChoose }: { hit: SearchHit; onChoose?: () => void }) {
  const title = useApp((state) => state.chats[hit.chatId]?.title ?? '');
  const isCurrent = useApp((state) => state.currentChatId === hit.chatId);
  return (
    <button
      type="button"
      className="hit"
      aria-current={isCurrent ? 'page' : undefined}
      onClick={() => {
        void actions.openChat(hit.chatId, hit.messageId);
        onChoose?.();
      }}
    >
      {hit.messageId !== null && (
        <span className="trunc" dir="auto">
          {title}
        </span>
      )}
      <span className={hit.messageId === null ? 'trunc' : 'snippet'} dir="auto">
        <Snippet snippet={hit.snippet} />
      </span>
    </button>
  );
}
