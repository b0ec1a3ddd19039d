import { type KeyboardEvent, useState } from 'react';
import type { UserMessage } from '../store/state.js';
import { actions } from '../store/window-actions.js';

/** A sent message in other words: sent, it becomes a version of its own, and what was said before stays. */
export function EditMessage({ message: { id, text, pasted } }: { message: UserMessage }) {
  const [words, setWords] = useState(text);
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
    <article className="msg edit" aria-label="You" data-message={id}>
      <textarea
        className="ta"
        dir="auto"
        aria-label="Change the message"
        // biome-ignore lint/a11y/noAutofocus: it takes the place of what was just used
        autoFocus
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="edit-row">
        <span className="grow faint">
          {pasted.length > 0
            ? `With ${pasted.length === 1 ? 'the text' : `the ${pasted.length} texts`} attached to it`
            : 'What was said before stays, as another version'}
        </span>
        <button type="button" className="btn" onClick={actions.cancelEdit}>
          Cancel
        </button>
        <button type="button" className="btn pri" disabled={isEmpty} onClick={send}>
          Send
        </button>
      </div>
    </article>
  );
}
