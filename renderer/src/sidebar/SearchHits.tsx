import { Virtuoso } from 'react-virtuoso';
import type { SearchHit } from '../../../electron/ipc/chat-contract.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Snippet } from './Snippet.js';

interface SearchHitsProps {
  hits: readonly SearchHit[];
  onChoose?: () => void;
}

/** The chats that a search found, each with where. */
export function SearchHits({ hits, onChoose }: SearchHitsProps) {
  return (
    <nav aria-label="Found chats">
      <p className="sr-only" role="status">
        {hits.length === 1 ? '1 chat found' : `${hits.length} chats found`}
      </p>
      {hits.length === 0 ? (
        <p className="keeps">No chat has all these words.</p>
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
      {hit.messageId !== null && <span className="trunc">{title}</span>}
      <span className={hit.messageId === null ? 'trunc' : 'snippet'}>
        <Snippet snippet={hit.snippet} />
      </span>
    </button>
  );
}
