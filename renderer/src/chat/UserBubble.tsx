import { memo, useMemo, useState } from 'react';
import { PieceLine } from '../attachments/PieceLine.js';
import { pieceOf } from '../attachments/piece.js';
import { formatCount } from '../format.js';
import { MessageMenu } from '../pins/MessageMenu.js';
import { PinButton } from '../pins/PinButton.js';
import { PinLine } from '../pins/PinLine.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { isBusy } from '../store/comparison.js';
import type { UserMessage } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { EditMessage } from './EditMessage.js';
import { Versions } from './Versions.js';

const LONG_TEXT = 1600;
const LONG_LINES = 16;
/** More than this of a pasted text is not laid out even on demand. */
const SHOWN_PASTE = 60_000;

export const UserBubble = memo(function UserBubble({ message }: { message: UserMessage }) {
  const { text, pasted } = message;
  const isEdited = useApp((state) => state.editingId === message.id);
  if (isEdited) return <EditMessage message={message} />;
  return (
    <MessageMenu id={message.id}>
      <article className="msg user" aria-label={t('chat.you.label')}>
        <div className="user-row">
          <span className="acts quiet">
            <IconButton icon="edit" label={t('chat.edit.begin')} onClick={() => actions.beginEdit(message.id)} />
            <PinButton id={message.id} />
          </span>
          <div className="bubble" data-words>
            {text.trim() !== '' && <TypedText text={text.trim()} />}
            {pasted.map((piece, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a sent message never change
              <PastedLine key={index} text={piece} isFirst={index === 0 && text.trim() === ''} />
            ))}
          </div>
        </div>
        <Versions id={message.id} />
        <Unanswered id={message.id} />
        <PinLine id={message.id} />
      </article>
    </MessageMenu>
  );
});

/** The answer was deleted, or never came: another can be asked for. */
function Unanswered({ id }: { id: string }) {
  const isLast = useApp((state) => state.chats[state.currentChatId].messageIds.at(-1) === id);
  const busy = useApp(isBusy);
  if (!isLast || busy) return null;
  return (
    <button type="button" className="btn" onClick={() => actions.answerAgainTo(id)}>
      <Icon name="redo" />
      {t('chat.you.answer')}
    </button>
  );
}

function TypedText({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  const isLong = text.length > LONG_TEXT || text.split('\n', LONG_LINES + 1).length > LONG_LINES;
  return (
    <>
      <div
        className={isLong && !open ? 'typed folded' : 'typed'}
        data-closed={isLong && !open ? '' : undefined}
        dir="auto"
      >
        {text}
      </div>
      {isLong && (
        <button type="button" className="link show-all" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'chat.you.showLess' : 'chat.you.showAll')}
        </button>
      )}
    </>
  );
}

function PastedLine({ text, isFirst }: { text: string; isFirst: boolean }) {
  const [open, setOpen] = useState(false);
  // What is to be found has to be there; it opens when it is gone to.
  const finding = useApp((state) => state.finding);
  const { kind, name, words } = useMemo(() => pieceOf(text), [text]);
  const shown = text.slice(words.from, Math.min(words.to, words.from + SHOWN_PASTE));
  const label = kind === 'pasted' ? t('chat.you.pastedText') : name;
  const hidden = words.to - words.from - shown.length;
  return (
    <div className={isFirst ? 'paste alone' : 'paste'}>
      <button type="button" className="paste-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <PieceLine source={text} />
      </button>
      {(open || finding) && (
        <section
          className="paste-text"
          hidden={!open}
          data-closed={open ? undefined : ''}
          aria-label={label}
          dir="auto"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
        >
          {shown}
          {hidden > 0 && <p className="faint">{t('chat.you.moreCharacters', { written: formatCount(hidden) })}</p>}
        </section>
      )}
    </div>
  );
}
