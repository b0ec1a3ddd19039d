import { useEffect, useRef } from 'react';
import { MAX_SYSTEM_PROMPT } from '../../../electron/ipc/chat-limits.js';
import { pieceKey } from '../attachments/piece.js';
import { formatCount, formatTokens } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { IconButton } from '../shell/IconButton.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { readSystemPrompt, rereadTokens, settingsOf } from './ask-settings.js';

export const SYSTEM_PROMPT_ID = 'system-prompt';

/** Tokens are counted when typing has paused so long. */
const REST_MS = 300;

/** What the model is told before everything. Every key is kept: it holds from the next message on. */
export function SystemPrompt() {
  const text = useApp((state) => settingsOf(state, state.currentChatId).systemPrompt ?? '');
  const field = useRef<HTMLTextAreaElement>(null);
  const remove = () => {
    actions.removeSystemPrompt();
    field.current?.focus();
  };
  return (
    <section className="sec" aria-label={t('assistants.system.label')}>
      <div className="sec-h">
        <label htmlFor={SYSTEM_PROMPT_ID}>{t('assistants.system.label')}</label>
        <Hint about={t('assistants.system.label')} side="left" text={t('assistants.system.about')} />
        <span className="right">
          <TokenCount text={text} />
          {text !== '' && <IconButton icon="trash" label={t('assistants.system.remove')} onClick={remove} />}
        </span>
      </div>
      <textarea
        ref={field}
        id={SYSTEM_PROMPT_ID}
        className="prompt"
        dir="auto"
        rows={3}
        maxLength={MAX_SYSTEM_PROMPT}
        placeholder={t('assistants.system.placeholder')}
        value={text}
        aria-describedby={`${SYSTEM_PROMPT_ID}-notes`}
        onChange={(event) => actions.setSystemPrompt(event.target.value)}
      />
      <div id={`${SYSTEM_PROMPT_ID}-notes`}>
        <Longest length={text.length} />
        <TooLong text={text} />
        <Cost />
        {text.trim() !== '' && <NoPlace />}
      </div>
    </section>
  );
}

function TokenCount({ text }: { text: string }) {
  const tokens = useApp((state) => state.tokenCounts[pieceKey(text)]);
  const isReady = useApp((state) => state.model.state === 'ready');
  useEffect(() => {
    if (text === '' || !isReady) return;
    const timer = setTimeout(() => actions.countTokens(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text, isReady]);
  if (text === '' || tokens === undefined) return null;
  return <span className="faint num">{formatTokens(tokens)}</span>;
}

/** What is pasted is cut off there. */
function Longest({ length }: { length: number }) {
  if (length < MAX_SYSTEM_PROMPT) return null;
  return (
    <p className="cost wrong" role="status">
      {t('assistants.system.longest', { most: formatCount(MAX_SYSTEM_PROMPT) })}
    </p>
  );
}

/** A prompt that leaves no room for a message. */
function TooLong({ text }: { text: string }) {
  const tokens = useApp((state) => state.tokenCounts[pieceKey(text)] ?? 0);
  const limit = useApp(({ model }) => (model.state === 'ready' ? model.runtime.contextLength : null));
  if (text === '' || limit === null || tokens < limit) return null;
  return (
    <p className="cost wrong" role="status">
      {t('assistants.system.tooLong', { limit: formatTokens(limit) })}
    </p>
  );
}

/** What a change costs in a chat that was read with another one. */
function Cost() {
  const tokens = useApp(rereadTokens);
  const before = useApp(readSystemPrompt);
  const isReady = useApp((state) => state.model.state === 'ready');
  const isOther = tokens !== null;
  useEffect(() => {
    if (isOther && isReady && before !== '') actions.countTokens(before);
  }, [isOther, isReady, before]);
  if (tokens === null) return null;
  return (
    <p className="cost muted" role="status">
      {tokens === 0 ? (
        t('assistants.system.costUnknown')
      ) : (
        <Trans
          i18nKey="assistants.system.cost"
          values={{ tokens: formatTokens(tokens) }}
          components={{ n: <span className="num" /> }}
        />
      )}
    </p>
  );
}

function NoPlace() {
  const takesIt = useApp(({ model }) => model.state !== 'ready' || model.runtime.takesSystemMessages);
  return takesIt ? null : <p className="cost muted">{t('assistants.system.noPlace')}</p>;
}
