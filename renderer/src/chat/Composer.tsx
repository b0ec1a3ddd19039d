import { type ChangeEvent, type ClipboardEvent, type KeyboardEvent, useEffect } from 'react';
import { OtherModel } from '../assistants/OtherModel.js';
import { AttachButton } from '../attachments/AttachButton.js';
import { DraftPieces } from '../attachments/DraftPieces.js';
import { currentModelName } from '../model/model-label.js';
import { Icon } from '../shell/icons.js';
import { Tip } from '../shell/Tip.js';
import { isEngineAtWork } from '../store/comparison.js';
import { INPUT_ID } from '../store/focus-input.js';
import { EMPTY_DRAFT } from '../store/state.js';
import { appStore, useApp } from '../store/store.js';
import { draftOf, isEmptyDraft } from '../store/turns.js';
import { actions } from '../store/window-actions.js';
import { draftAfterInput, draftAfterPaste } from './draft-text.js';
import { Forecast } from './Forecast.js';
import { MemoryRing } from './MemoryRing.js';

export function Composer() {
  const chatId = useApp((state) => state.currentChatId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of chat is the occasion
  useEffect(actions.focusInput, [chatId]);
  return (
    <section className="comp" aria-label="Write a message">
      <div className="in">
        <OtherModel />
        <Forecast />
        <div className="box">
          <DraftPieces />
          <MessageInput />
          <div className="crow">
            <AttachButton />
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
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    actions.send();
  };
  return (
    <textarea
      id={INPUT_ID}
      className="ta"
      dir="auto"
      aria-label="Message"
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
  if (phase === 'reading') return 'Write the next message while it reads';
  if (phase !== null) return 'Write the next message while it answers';
  if (isNew) return 'Ask something, or paste a long text';
  return name ? `Message ${name}` : 'Message';
}

/** What is written meanwhile is sent when its turn comes. */
function QueueButton() {
  return (
    <Tip text="Send after this answer" keys="Enter">
      <button type="button" className="send next" aria-label="Queue (Enter)" onClick={actions.send}>
        <Icon name="up" />
      </button>
    </Tip>
  );
}

function SendOrStop() {
  const isRunning = useApp(isEngineAtWork);
  const isEmpty = useApp((state) => isEmptyDraft(state.drafts[state.currentChatId] ?? EMPTY_DRAFT));
  if (isRunning) {
    return (
      <>
        {!isEmpty && <QueueButton />}
        <Tip text="Stop" keys="Esc">
          <button type="button" className="send stop" aria-label="Stop (Esc)" onClick={actions.stop}>
            <svg width="12" height="12" aria-hidden="true">
              <rect width="12" height="12" rx="2" fill="currentColor" />
            </svg>
          </button>
        </Tip>
      </>
    );
  }
  return (
    <Tip text="Send" keys="Enter">
      <button
        type="button"
        className={isEmpty ? 'send off' : 'send'}
        aria-label="Send (Enter)"
        aria-disabled={isEmpty}
        onClick={actions.send}
      >
        <Icon name="up" />
      </button>
    </Tip>
  );
}
