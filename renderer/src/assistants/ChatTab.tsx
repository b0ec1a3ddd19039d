import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Hint } from '../shell/Hint.js';
import { useApp } from '../store/store.js';
import { t } from '../words.js';
import { AssistantSelect } from './AssistantSelect.js';
import { ChatCompression } from './ChatCompression.js';
import { chatModelName } from './chat-model.js';
import { openAssistants } from './open.js';
import { Sampling } from './Sampling.js';
import { SaveAssistant } from './SaveAssistant.js';
import { SystemPrompt } from './SystemPrompt.js';

/** What this chat sets for itself. */
export function ChatTab() {
  const chatId = useApp((state) => state.currentChatId);
  return (
    // What was typed for another chat is not to become this one's.
    <div key={chatId}>
      <AssistantSection />
      <SystemPrompt />
      <Sampling />
      <ChatCompression />
      <Model />
      <p className="explain">{t('assistants.chat.follows')}</p>
    </div>
  );
}

function AssistantSection() {
  const [saving, setSaving] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const end = () => {
    flushSync(() => setSaving(false));
    opener.current?.focus();
  };
  return (
    <section className="sec" aria-label={t('assistants.assistant')}>
      <div className="sec-h">
        {t('assistants.assistant')}
        <Hint about={t('assistants.assistant')} side="left" text={t('assistants.about')} />
        <span className="right">
          <AssistantSelect />
        </span>
      </div>
      {saving ? (
        <SaveAssistant onEnd={end} />
      ) : (
        <div className="go">
          <button ref={opener} type="button" className="btn" onClick={() => setSaving(true)}>
            {t('assistants.saveAs')}
          </button>
          <button type="button" className="btn" onClick={openAssistants}>
            {t('assistants.manage')}
          </button>
        </div>
      )}
    </section>
  );
}

function Model() {
  const model = useApp(({ chats, currentChatId }) => chats[currentChatId].model);
  // Before a word was said, it is the one that the assistant wants.
  const isBegun = useApp(({ chats, currentChatId }) => chats[currentChatId].leafId !== null);
  const key = isBegun ? 'assistants.model.held' : 'assistants.model.wanted';
  return (
    <section className="sec" aria-label={t('assistants.model.title')}>
      <div className="sec-h">{t('assistants.model.title')}</div>
      <p className="words">{model ? t(key, { model: chatModelName(model) }) : t('assistants.model.none')}</p>
    </section>
  );
}
