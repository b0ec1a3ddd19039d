import { memo, useLayoutEffect } from 'react';
import { Icon } from '../shell/icons.js';
import { useApp } from '../store/store.js';
import { AnswerView } from './AnswerView.js';
import { EmptyState } from './EmptyState.js';
import { UserBubble } from './UserBubble.js';
import { useStickToEnd } from './use-stick-to-end.js';

/** The messages of the current chat. It follows the answer until the user scrolls up. */
export function Thread() {
  const chatId = useApp((state) => state.currentChatId);
  const ids = useApp((state) => state.chats[state.currentChatId].messageIds);
  const { scroller, content, isAtEnd, jumpToEnd, jumpToStart } = useStickToEnd();
  const isEmpty = ids.length === 0;

  // A message of one's own, and another chat, are looked at from their end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: these changes are the occasion
  useLayoutEffect(isEmpty ? jumpToStart : jumpToEnd, [chatId, ids, isEmpty, jumpToStart, jumpToEnd]);

  return (
    <div className="thread">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className="scroll" ref={scroller} aria-label="Messages" tabIndex={0}>
        <div className="col" ref={content}>
          {ids.map((id, index) => (
            <MessageView key={id} id={id} isLast={index === ids.length - 1} />
          ))}
        </div>
        {isEmpty && <EmptyState />}
      </section>
      {!isAtEnd && !isEmpty && (
        <button type="button" className="to-end" aria-label="Jump to the end" onClick={jumpToEnd}>
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

const MessageView = memo(function MessageView({ id, isLast }: { id: string; isLast: boolean }) {
  const message = useApp((state) => state.messages[id]);
  if (!message) return null;
  return message.role === 'user' ? <UserBubble message={message} /> : <AnswerView answer={message} isLast={isLast} />;
});
