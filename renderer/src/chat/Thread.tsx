import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { elementOf } from '../pins/selected-text.js';
import { QuickEmpty } from '../quick/QuickEmpty.js';
import { Icon } from '../shell/icons.js';
import { isUnderWay } from '../store/state.js';
import { appStore, useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { AnswerView } from './AnswerView.js';
import { EmptyState } from './EmptyState.js';
import { LongThread } from './LongThread.js';
import { UserBubble } from './UserBubble.js';
import { useStickToEnd } from './use-stick-to-end.js';

/** A chat of more messages has only those laid out that are in sight. */
const PLAIN_MESSAGES = 80;

/** The messages of the current chat. It follows the answer until the user scrolls up. */
export function Thread() {
  const chatId = useApp((state) => state.currentChatId);
  const ids = useApp((state) => state.chats[state.currentChatId].messageIds);
  const { scroller, content, isAtEnd, jumpToEnd, jumpToStart, letGo } = useStickToEnd();
  const [box, setBox] = useState<HTMLElement | null>(null);
  const isEmpty = ids.length === 0;
  const isQuick = useApp((state) => state.isQuick);
  // What is to be found has to be there.
  const finding = useApp((state) => state.finding);
  const isLong = ids.length > PLAIN_MESSAGES && !finding;

  const lastId = ids.at(-1);
  const shown = useRef<{ chatId: string; lastId: string | undefined } | null>(null);

  // A message of one's own, and another chat, are looked at from their end; another version where the reader is.
  useLayoutEffect(() => {
    const before = shown.current;
    shown.current = { chatId, lastId };
    if (lastId === undefined) jumpToStart();
    else if (before?.chatId !== chatId || (before.lastId !== lastId && isUnderWayNow(lastId))) jumpToEnd();
  }, [chatId, lastId, jumpToStart, jumpToEnd]);
  useSought(ids, isLong, letGo);

  return (
    <div className="thread">
      <section
        className="scroll"
        ref={(element) => {
          scroller.current = element;
          setBox(element);
        }}
        aria-label={t('chat.messages')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <div className="col" ref={content}>
          {isLong
            ? box && <LongThread key={chatId} ids={ids} box={box} MessageView={MessageView} onSought={letGo} />
            : ids.map((id, index) => <MessageView key={id} id={id} isLast={index === ids.length - 1} />)}
        </div>
        {isEmpty && (isQuick ? <QuickEmpty /> : <EmptyState />)}
      </section>
      {!isAtEnd && !isEmpty && (
        <button type="button" className="to-end" aria-label={t('chat.toEnd')} onClick={jumpToEnd}>
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function isUnderWayNow(id: string): boolean {
  const message = appStore.getState().messages[id];
  return message?.role === 'assistant' && isUnderWay(message.state);
}

/** Goes to the message that was searched for. */
function useSought(ids: readonly string[], isLong: boolean, letGo: () => void): void {
  const soughtId = useApp((state) => state.soughtId);
  useEffect(() => {
    if (soughtId === null || isLong || !ids.includes(soughtId)) return;
    letGo();
    elementOf(soughtId)?.scrollIntoView({ block: 'center' });
    actions.found();
  }, [soughtId, ids, isLong, letGo]);
}

const MessageView = memo(function MessageView({ id, isLast }: { id: string; isLast: boolean }) {
  const message = useApp((state) => state.messages[id]);
  if (!message) return null;
  return message.role === 'user' ? <UserBubble message={message} /> : <AnswerView answer={message} isLast={isLast} />;
});
