import { settingsOf } from '../assistants/ask-settings.js';
import { formatCount, formatTokens } from '../format.js';
import { RaiseContext } from '../settings/RaiseContext.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { type Answer, type AppState, SHORT_ANSWER_TOKENS } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';

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
  if (state.phase === 'failed') return state.error.code === 'PROMPT_TOO_LONG';
  return state.phase === 'done' && state.stopReason === 'contextFull';
}

/** Says that the context is nearly full while there is still room, what will happen, and what helps. */
export function ContextNearlyFull() {
  const seen = useApp((state) => state.kv?.tokensSeen ?? 0);
  const limit = useApp((state) => state.kv?.contextLength ?? 0);
  const answerTokens = useApp(lastAnswerTokens);
  const areShort = useApp(hasShortAnswers);
  const left = Math.max(0, limit - seen);
  return (
    <div className="note warn limit" role="status">
      <Icon name="warn" />
      <div className="grow">
        <b>
          <span className="num">{formatCount(seen)}</span> of <span className="num">{formatCount(limit)}</span> tokens
          used.
        </b>{' '}
        {areShort ? roomWords(left, SHORT_ANSWER_TOKENS, 'short') : roomWords(left, answerTokens)} When the context is
        full, the answer ends there and no message fits any more. No message is cut off or left out.
        <div className="go">
          <RaiseContext />
          <button type="button" className="btn" onClick={actions.newChat}>
            New chat
          </button>
          <button
            type="button"
            className="btn"
            aria-pressed={areShort}
            onClick={() => actions.setShortAnswers(!areShort)}
          >
            {areShort && <Icon name="check" />}
            Short answers
          </button>
        </div>
      </div>
      <IconButton icon="close" label="Close this notice" onClick={actions.closeLimitNotice} />
    </div>
  );
}

/** Answers in the chat at hand end after a few words. */
function hasShortAnswers(state: AppState): boolean {
  const { maxTokens } = settingsOf(state, state.currentChatId);
  return maxTokens !== undefined && maxTokens <= SHORT_ANSWER_TOKENS;
}

/** How much is left, measured by answers of so many tokens; null: there is none to measure by. */
export function roomWords(left: number, answerTokens: number | null, kind: 'last' | 'short' = 'last'): string {
  if (left === 0) return 'Nothing more fits.';
  const are = `${formatTokens(left)} ${left === 1 ? 'is' : 'are'} left`;
  if (answerTokens === null) return `${are}.`;
  const answers = Math.floor(left / answerTokens);
  if (answers === 0) return `${are}: less than ${kind === 'short' ? 'a short answer takes' : 'the last answer took'}.`;
  if (kind === 'short') return `${are}, about ${formatCount(answers)} short ${answers === 1 ? 'answer' : 'answers'}.`;
  return `${are}, about ${formatCount(answers)} ${answers === 1 ? 'answer' : 'answers'} like the last.`;
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
        <b>The context is full{limit !== null && `: ${formatTokens(limit)}`}.</b>{' '}
        {hasText ? 'The answer ended here.' : 'No answer fitted any more.'} No message was cut off or left out. A new
        chat starts with an empty memory.
        {isLast && (
          <div className="go">
            <RaiseContext />
            <button type="button" className="btn" onClick={actions.newChat}>
              New chat
            </button>
            <button type="button" className="btn" onClick={actions.editLast}>
              Edit the last message
            </button>
          </div>
        )}
      </div>
    </div>
  );
}
