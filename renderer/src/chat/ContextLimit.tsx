import { hasShortAnswers } from '../assistants/ask-settings.js';
import { formatCount, formatTokens } from '../format.js';
import { RaiseContext } from '../settings/RaiseContext.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { type Answer, type AppState, SHORT_ANSWER_TOKENS } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { closing } from './closing.js';
import { MARKS } from './marks.js';

/** From this share of the context on, its end is announced. */
const NEARLY_FULL = 0.85;

/** Whether the chat is to be told: not where the notice was closed, nor where the last answer tells it itself. */
export function isContextNearlyFull(state: AppState): boolean {
  const { kv, kvChatId, currentChatId, limitNoticeClosed } = state;
  if (!kv || kvChatId !== currentChatId || limitNoticeClosed[currentChatId]) return false;
  return kv.tokensSeen >= NEARLY_FULL * kv.contextLength && !endedFull(state);
}

function endedFull({ chats, currentChatId, messages }: AppState): boolean {
  const last = messages[chats[currentChatId].messageIds.at(-1) ?? ''];
  if (last?.role !== 'assistant') return false;
  const { state } = last;
  if (state.phase === 'failed') return ['PROMPT_TOO_LONG', 'SYSTEM_PROMPT_TOO_LONG'].includes(state.error.code);
  return state.phase === 'done' && state.stopReason === 'contextFull';
}

/** Says that the context is nearly full while there is still room, what will happen, and what helps. */
export function ContextNearlyFull() {
  const seen = useApp((state) => state.kv?.tokensSeen ?? 0);
  const limit = useApp((state) => state.kv?.contextLength ?? 0);
  const answerTokens = useApp(lastAnswerTokens);
  const areShort = useApp(hasShortAnswers);
  const left = Math.max(0, limit - seen);
  const room = areShort ? roomWords(left, SHORT_ANSWER_TOKENS, 'short') : roomWords(left, answerTokens);
  return (
    <div className="note warn limit" role="status">
      <Icon name="warn" />
      <div className="grow">
        <Trans
          i18nKey="chat.limit.nearlyFull"
          values={{ seen: formatCount(seen), limit: formatCount(limit), room }}
          components={MARKS}
        />
        <div className="go">
          <RaiseContext />
          <button type="button" className="btn" onClick={actions.newChat}>
            {t('chat.limit.newChat')}
          </button>
          <button
            type="button"
            className="btn"
            aria-pressed={areShort}
            onClick={() => actions.setShortAnswers(!areShort)}
          >
            {areShort && <Icon name="check" />}
            {t('chat.limit.shortAnswers')}
          </button>
        </div>
      </div>
      <IconButton icon="close" label={t('shell.closeNotice')} onClick={closing(actions.closeLimitNotice)} />
    </div>
  );
}

/** How much is left, measured by answers of so many tokens; null: there is none to measure by. */
export function roomWords(left: number, answerTokens: number | null, kind: 'last' | 'short' = 'last'): string {
  if (left === 0) return t('chat.room.none');
  const room = { count: left, tokens: formatTokens(left) };
  if (answerTokens === null) return t('chat.room.left', room);
  const count = Math.floor(left / answerTokens);
  if (count === 0) return t(kind === 'short' ? 'chat.room.lessThanShort' : 'chat.room.lessThanLast', room);
  const answers = t(kind === 'short' ? 'chat.room.short' : 'chat.room.likeLast', {
    count,
    written: formatCount(count),
  });
  return t('chat.room.about', { ...room, answers });
}

/** Of the last answer of this chat that was written to its end. */
function lastAnswerTokens({ chats, currentChatId, messages }: AppState): number | null {
  const answers = chats[currentChatId].messageIds.map((id) => messages[id]).filter((message) => isDone(message));
  const last = answers.at(-1);
  return last?.state.phase === 'done' ? Math.max(1, last.state.figures.completionTokens) : null;
}

function isDone(message: AppState['messages'][string]): message is Answer {
  return message?.role === 'assistant' && message.state.phase === 'done';
}

/** What a full context did to an answer. */
export function ContextFull({ isLast, hasText }: { isLast: boolean; hasText: boolean }) {
  const limit = useApp((state) => state.kv?.contextLength ?? null);
  return (
    <div className="note warn" role="status">
      <Icon name="warn" />
      <div className="grow">
        <b>{limit === null ? t('chat.limit.full') : t('chat.limit.fullOf', { tokens: formatTokens(limit) })}</b>{' '}
        {t(hasText ? 'chat.limit.answerEnded' : 'chat.limit.noAnswer')}
        {isLast && (
          <div className="go">
            <RaiseContext />
            <button type="button" className="btn" onClick={actions.newChat}>
              {t('chat.limit.newChat')}
            </button>
            <button type="button" className="btn" onClick={actions.editLast}>
              {t('chat.limit.editLast')}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}
