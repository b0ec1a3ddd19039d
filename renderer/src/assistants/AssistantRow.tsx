import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react';
import type { Assistant } from '../../../electron/ipc/assistant-contract.js';
import { MAX_ASSISTANT_NAME } from '../../../electron/ipc/chat-limits.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { settingsLine } from './asked-rows.js';

interface AssistantRowProps {
  assistant: Assistant;
  /** The user's, to be renamed and deleted. */
  isOwn: boolean;
}

export function AssistantRow({ assistant, isOwn }: AssistantRowProps) {
  const { id, name, description, systemPrompt } = assistant;
  const line = settingsLine(assistant);
  const [renaming, setRenaming] = useState(false);
  const renameButton = useRef<HTMLButtonElement>(null);
  const endedByKey = useRef(false);
  const endRenaming = (byKey: boolean) => {
    endedByKey.current = byKey;
    setRenaming(false);
  };
  // The field is gone then, and with it the focus; while it is there, losing the focus would take the name over.
  useEffect(() => {
    if (!renaming && endedByKey.current) renameButton.current?.focus();
    endedByKey.current = false;
  }, [renaming]);
  const use = () => {
    actions.takeAssistant(id);
    actions.closeDialog();
  };
  const remove = ({ currentTarget }: MouseEvent<HTMLElement>) => {
    neighbourOf(currentTarget)?.focus();
    actions.deleteAssistant(id);
  };
  return (
    <li className="model-row">
      <div className="model-line">
        <Icon name="person" />
        {renaming ? (
          <NewName assistant={assistant} onEnd={endRenaming} />
        ) : (
          <span className="model-name trunc grow">{name}</span>
        )}
        <button type="button" className="btn" aria-label={t('assistants.dialog.useName', { name })} onClick={use}>
          {t('assistants.dialog.use')}
        </button>
        {isOwn && (
          <IconButton
            ref={renameButton}
            icon="edit"
            label={t('assistants.dialog.rename', { name })}
            onClick={() => setRenaming(true)}
          />
        )}
        <IconButton
          icon="copy"
          label={t('assistants.dialog.duplicate', { name })}
          onClick={() => actions.duplicateAssistant(id)}
        />
        <IconButton
          icon="save"
          label={t('assistants.dialog.export', { name })}
          onClick={() => void actions.exportAssistants([id])}
        />
        {isOwn && (
          <IconButton icon="trash" label={t('assistants.dialog.delete', { name })} data-deletes="" onClick={remove} />
        )}
      </div>
      {description && <p className="model-meta">{description}</p>}
      <p className="model-meta prompt-line">{systemPrompt ?? t('assistants.dialog.noPrompt')}</p>
      {line !== '' && <p className="model-meta">{line}</p>}
    </li>
  );
}

/** What the focus goes to when a row goes: the same button of the next one, or the window if there is none. */
function neighbourOf(button: HTMLElement): HTMLElement | null {
  const row = button.closest('li');
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  return next?.querySelector<HTMLElement>('[data-deletes]') ?? button.closest<HTMLElement>('[role=dialog]');
}

function NewName({ assistant: { id, name }, onEnd }: { assistant: Assistant; onEnd: (byKey: boolean) => void }) {
  const [text, setText] = useState(name);
  const end = (takesOver: boolean, byKey: boolean) => {
    if (takesOver) actions.renameAssistant(id, text);
    onEnd(byKey);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    // Esc ends the renaming, not the window.
    event.stopPropagation();
    event.preventDefault();
    end(event.key === 'Enter', true);
  };
  return (
    <input
      className="field wide grow"
      type="text"
      data-takes-keys
      aria-label={t('assistants.dialog.newName', { name })}
      maxLength={MAX_ASSISTANT_NAME}
      value={text}
      // biome-ignore lint/a11y/noAutofocus: it was just asked for
      autoFocus
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => end(true, false)}
      onKeyDown={onKeyDown}
    />
  );
}
