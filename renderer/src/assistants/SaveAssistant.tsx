import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import { MAX_ASSISTANT_DESCRIPTION, MAX_ASSISTANT_NAME } from '../../../electron/ipc/chat-limits.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { chatModelName } from './chat-model.js';

/** Gives the chat's settings a name. */
export function SaveAssistant({ onEnd }: { onEnd: () => void }) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [withModel, setWithModel] = useState(false);
  const [wasTried, setTried] = useState(false);
  const model = useApp(({ chats, currentChatId }) => chats[currentChatId].model);
  const id = useId();
  const isMissing = wasTried && name.trim() === '';
  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === '') return;
    actions.saveAsAssistant({ name, description, withModel });
    onEnd();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    // Esc ends the saving, not the panel.
    event.stopPropagation();
    event.preventDefault();
    onEnd();
  };
  return (
    <form className="save-assistant" aria-label={t('assistants.save.title')} onSubmit={save} onKeyDown={onKeyDown}>
      <input
        className="field wide"
        type="text"
        data-takes-keys
        aria-label={t('assistants.save.name')}
        placeholder={t('assistants.save.name')}
        maxLength={MAX_ASSISTANT_NAME}
        value={name}
        aria-invalid={isMissing}
        aria-describedby={isMissing ? id : undefined}
        // biome-ignore lint/a11y/noAutofocus: it was just asked for
        autoFocus
        onChange={(event) => setName(event.target.value)}
      />
      {isMissing && (
        <p className="cost wrong" id={id} role="alert">
          {t('assistants.save.nameMissing')}
        </p>
      )}
      <input
        className="field wide"
        type="text"
        data-takes-keys
        aria-label={t('assistants.save.description')}
        placeholder={t('assistants.save.description')}
        maxLength={MAX_ASSISTANT_DESCRIPTION}
        value={description}
        onChange={(event) => setDescription(event.target.value)}
      />
      {model && (
        <label className="setting toggle">
          <span className="trunc">{t('assistants.save.withModel', { model: chatModelName(model) })}</span>
          <input type="checkbox" checked={withModel} onChange={(event) => setWithModel(event.target.checked)} />
        </label>
      )}
      <div className="go">
        <button type="submit" className="btn pri">
          {t('assistants.save.save')}
        </button>
        <button type="button" className="btn" onClick={onEnd}>
          {t('assistants.save.cancel')}
        </button>
      </div>
    </form>
  );
}
