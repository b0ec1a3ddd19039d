import { useEffect, useState } from 'react';
import type { SearchHit } from '../../../electron/ipc/chat-contract.js';
import { actions } from '../store/window-actions.js';

/** Typing pauses so long before it is searched. */
const REST_MS = 80;

/** What a query finds; null: there is none, or its answer is still awaited and no other is shown. */
export function useSearch(query: string): readonly SearchHit[] | null {
  const [hits, setHits] = useState<readonly SearchHit[] | null>(null);
  useEffect(() => {
    if (query.trim() === '') {
      setHits(null);
      return;
    }
    let isMeant = true;
    const timer = setTimeout(() => {
      void actions.searchChats(query).then((found) => isMeant && setHits(found));
    }, REST_MS);
    return () => {
      isMeant = false;
      clearTimeout(timer);
    };
  }, [query]);
  return query.trim() === '' ? null : hits;
}
