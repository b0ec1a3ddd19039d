import type { KeyboardEvent } from 'react';
import { formatCount } from '../format.js';
import { currentEdit } from '../store/edits.js';
import type { UserMessage } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

/** A sent message in other words: sent, it becomes a version of its own, and what was said before stays. */
export function EditMessage({ message: { id, text, pasted } }: { message: UserMessage }) {
  const words = useApp((state) => currentEdit(state)?.text) ?? text;
  const isEmpty = words.trim() === '' && pasted.length === 0;
  const send = () => actions.sendEdit(id, { text: words, pasted });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey) send();
    else if (event.key === 'Escape') actions.cancelEdit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <article className="msg edit" aria-label={t('chat.you.label')} data-message={id}>
      <textarea
        className="ta"
        dir="auto"
        aria-label={t('chat.edit.label')}
        // biome-ignore lint/a11y/noAutofocus: it takes the place of what was just used
        autoFocus
        value={words}
        onChange={(event) => {
          actions.composing();
          actions.changeEdit(event.target.value);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="edit-row">
        <span className="grow faint">
          {pasted.length > 0
            ? t('chat.edit.withTexts', { count: pasted.length, written: formatCount(pasted.length) })
            : t('chat.edit.staysAsVersion')}
        </span>
        <button type="button" className="btn" onClick={actions.cancelEdit}>
          {t('chat.edit.cancel')}
        </button>
        <button type="button" className="btn pri" disabled={isEmpty} onClick={send}>
          {t('chat.edit.send')}
        </button>
      </div>
    </article>
  );
}
