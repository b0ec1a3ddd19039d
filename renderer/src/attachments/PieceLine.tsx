import { useEffect, useMemo } from 'react';
import { formatBytes, formatTokens } from '../format.js';
import { Icon } from '../shell/icons.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { byteLength, kindWords, pieceKey, pieceOf } from './piece.js';

/** Name, kind and size of a piece. */
export function PieceLine({ source, showsTokens = false }: { source: string; showsTokens?: boolean }) {
  const { name, kind, words } = useMemo(() => pieceOf(source), [source]);
  const bytes = useMemo(() => byteLength(source.slice(words.from, words.to)), [source, words]);
  return (
    <>
      <Icon name="doc" />
      <bdi className="grow trunc">{name}</bdi>
      <span className="faint">
        {kindWords(kind)} · <span className="num">{formatBytes(bytes)}</span>
        {showsTokens && <Tokens source={source} />}
      </span>
    </>
  );
}

/** Counted by the engine; nothing until it has, or without a model. */
function Tokens({ source }: { source: string }) {
  const key = useMemo(() => pieceKey(source), [source]);
  const tokens = useApp((state) => state.tokenCounts[key]);
  const isReady = useApp((state) => state.model.state === 'ready');
  useEffect(() => {
    if (isReady && tokens === undefined) actions.countTokens(source);
  }, [source, isReady, tokens]);
  if (tokens === undefined) return null;
  return (
    <>
      {' '}
      · <span className="num">{formatTokens(tokens)}</span>
    </>
  );
}
