import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { formatCount } from '../format.js';
import { IconButton } from '../shell/IconButton.js';
import { writtenKeys } from '../shell/keys.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { MOST_MATCHES } from './find-text.js';
import { firstInSight, showMatch, useMarks, useMatches } from './use-matches.js';

export const FIND_ID = 'find-input';

/** Finds a text in the messages of the chat that is shown. */
export function FindBar() {
  const isOpen = useApp((state) => state.finding);
  return isOpen ? <OpenBar /> : null;
}

function OpenBar() {
  const [wanted, setWanted] = useState(selectedWords);
  const [index, setIndex] = useState(0);
  const matches = useMatches(wanted);
  const shown = Math.min(index, Math.max(0, matches.length - 1));
  useMarks(matches, shown);
  useStart(wanted, matches, setIndex);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);

  const step = (by: 1 | -1) => {
    if (matches.length === 0) return;
    const next = (shown + by + matches.length) % matches.length;
    setIndex(next);
    showMatch(matches[next]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  };
  return (
    <search className="find" aria-label={t('find.title')}>
      <input
        ref={input}
        id={FIND_ID}
        type="text"
        aria-label={t('find.title')}
        placeholder={t('find.title')}
        value={wanted}
        onChange={({ target }) => setWanted(target.value)}
        onKeyDown={onKeyDown}
      />
      <span className="find-count" role="status">
        {wanted === '' ? '' : countWords(shown, matches.length)}
      </span>
      <IconButton icon="up" label={t('find.previous')} keys={writtenKeys('Shift+Enter')} onClick={() => step(-1)} />
      <IconButton icon="down" label={t('find.next')} keys={writtenKeys('Enter')} onClick={() => step(1)} />
      <IconButton icon="close" label={t('find.close')} keys={writtenKeys('Esc')} onClick={actions.closeFind} />
    </search>
  );
}

/** A new text begins at what is in sight; while the chat grows, the place stays. */
function useStart(wanted: string, matches: readonly Range[], setIndex: (index: number) => void): void {
  const begun = useRef('');
  useEffect(() => {
    if (begun.current === wanted) return;
    if (matches.length === 0) {
      setIndex(0);
      return;
    }
    begun.current = wanted;
    const first = firstInSight(matches);
    setIndex(first);
    showMatch(matches[first]);
  }, [wanted, matches, setIndex]);
}

function countWords(index: number, count: number): string {
  if (count === 0) return t('find.notFound');
  const all = count >= MOST_MATCHES ? `${formatCount(MOST_MATCHES)}+` : formatCount(count);
  return t('find.place', { at: formatCount(index + 1), all });
}

/** What is selected in the chat is most likely what is looked for. */
function selectedWords(): string {
  const words = getSelection()?.toString().trim() ?? '';
  return words.length <= 100 && !words.includes('\n') ? words : '';
}
