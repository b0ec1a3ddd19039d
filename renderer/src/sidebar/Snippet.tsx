import type { SearchHit } from '../../../electron/ipc/chat-contract.js';

/** A stretch of a message, with what was looked for. */
export function Snippet({ snippet }: Pick<SearchHit, 'snippet'>) {
  return snippet.map(({ text, isHit }, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a snippet never change
    isHit ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>,
  );
}
