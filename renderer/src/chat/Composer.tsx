import { type ChangeEvent, type ClipboardEvent, type KeyboardEvent, useEffect } from 'react';
import { OtherModel } from '../assistants/OtherModel.js';
import { AttachButton } from '../attachments/AttachButton.js';
import { DraftPieces } from '../attachments/DraftPieces.js';
import { FIND_ID } from '../find/FindBar.js';
import { currentModelName } from '../model/model-label.js';
import { Icon } from '../shell/icons.js';
import { keysOf } from '../shell/keys.js';
import { Tip } from '../shell/Tip.js';
import { isEngineAtWork } from '../store/comparison.js';
import { INPUT_ID } from '../store/focus-input.js';
import { EMPTY_DRAFT } from '../store/state.js';
import { appStore, useApp } from '../store/store.js';
import { draftOf, isEmptyDraft } from '../store/turns.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { draftAfterInput, draftAfterPaste } from './draft-text.js';
import { Forecast } from './Forecast.js';
import { MemoryRing } from './MemoryRing.js';

export function Composer() {
  const chatId = useApp((state) => state.currentChatId);
  // To choose files is to leave the small window, which then goes.
  const isQuick = useApp((state) => state.isQuick);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of chat is the occasion
  useEffect(() => {
    // Drawn together with the field in which a text is to be found, it leaves the focus there.
    if (document.activeElement?.id !== FIND_ID) actions.focusInput();
  }, [chatId]);
  return (
    <section className="comp" aria-label={t('chat.composer.section')}>
      <div className="in">
        <OtherModel />
        <Forecast />
        <div className="box">
          <DraftPieces />
          <MessageInput />
          <div className="crow">
            {!isQuick && <AttachButton />}
            <span className="grow" />
            <MemoryRing />
            <SendOrStop />
          </div>
        </div>
      </div>
    </section>
  );
}

function MessageInput() {
  const text = useApp((state) => draftOf(state, state.currentChatId).text);
  const placeholder = usePlaceholder();
  const onChange = (event: ChangeEvent<HTMLTextAreaElement>) => {
    actions.composing();
    actions.changeDraft(draftAfterInput(currentDraft(), event.target.value));
  };
  const onPaste = (event: ClipboardEvent) => {
    const { clipboardData } = event;
    const text = clipboardData.getData('text/plain');
    const next = draftAfterPaste(currentDraft(), text);
    const isFiles = text === '' && clipboardData.files.length > 0;
    if (!next && !isFiles) return;
    event.preventDefault();
    if (next) actions.changeDraft(next);
    else void actions.attachFiles([...clipboardData.files]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // 229: a key that an input method has taken, where the browser reports it late.
    if (
      event.defaultPrevented ||
      event.key !== 'Enter' ||
      event.shiftKey ||
      event.nativeEvent.isComposing ||
      event.keyCode === 229
    )
      return;
    event.preventDefault();
    actions.send();
  };
  return (
    <textarea
      id={INPUT_ID}
      className="ta"
      dir="auto"
      aria-label={t('chat.label')}
      placeholder={placeholder}
      rows={1}
      value={text}
      onChange={onChange}
      onPaste={onPaste}
      onKeyDown={onKeyDown}
    />
  );
}

function currentDraft() {
  const state = appStore.getState();
  return draftOf(state, state.currentChatId);
}

function usePlaceholder(): string {
  const phase = useApp(({ running, messages }) => {
    const answer = running && messages[running.answerId];
    return answer?.role === 'assistant' ? answer.state.phase : null;
  });
  const isNew = useApp((state) => state.chats[state.currentChatId].messageIds.length === 0);
  const name = useApp(({ model }) => currentModelName(model));
  if (phase === 'reading') return t('chat.composer.whileReading');
  if (phase !== null) return t('chat.composer.whileAnswering');
  if (isNew) return t('chat.composer.first');
  return name ? t('chat.labelTo', { model: name }) : t('chat.label');
}

/** What is written meanwhile is sent when its turn comes. */
function QueueButton() {
  const keys = keysOf('send');
  return (
    <Tip text={t('chat.composer.sendNext')} keys={keys}>
      <button
        type="button"
        className="send next"
        aria-label={`${t('chat.composer.queue')} (${keys})`}
        onClick={actions.send}
      >
        <Icon name="up" />
      </button>
    </Tip>
  );
}

function SendOrStop() {
  const isRunning = useApp(isEngineAtWork);
  const isEmpty = useApp((state) => isEmptyDraft(state.drafts[state.currentChatId] ?? EMPTY_DRAFT));
  const sendKeys = keysOf('send');
  const stopKeys = keysOf('stop');
  if (isRunning) {
    return (
      <>
        {!isEmpty && <QueueButton />}
        <Tip text={t('chat.composer.stop')} keys={stopKeys}>
          <button
            type="button"
            className="send stop"
            aria-label={`${t('chat.composer.stop')} (${stopKeys})`}
            onClick={actions.stop}
          >
            <svg width="12" height="12" aria-hidden="true">
              <rect width="12" height="12" rx="2" fill="currentColor" />
            </svg>
          </button>
        </Tip>
      </>
    );
  }
  return (
    <Tip text={t('chat.composer.send')} keys={sendKeys}>
      <button
        type="button"
        className={isEmpty ? 'send off' : 'send'}
        aria-label={`${t('chat.composer.send')} (${sendKeys})`}
        aria-disabled={isEmpty}
        onClick={actions.send}
      >
        <Icon name="up" />
      </button>
    </Tip>
  );
}
