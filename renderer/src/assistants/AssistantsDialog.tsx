import { Dialog } from '@base-ui/react/dialog';
import { type MouseEvent, useRef } from 'react';
import { FailureNote } from '../shell/FailureNote.js';
import { IconButton } from '../shell/IconButton.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { AssistantRow } from './AssistantRow.js';

/** All assistants: to use, to change, to share. */
export function AssistantsDialog() {
  const isOpen = useApp((state) => state.dialog === 'assistants');
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root open={isOpen} onOpenChange={(next) => !next && actions.closeDialog()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="overlay-back" />
        <Dialog.Popup
          ref={popup}
          initialFocus={popup}
          className="models assistants"
          aria-label={t('assistants.dialog.title')}
        >
          <div>
            <Head />
            <div className="models-body">
              <Done />
              <Failed />
              <Own />
              <BuiltIn />
            </div>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Head() {
  const own = useApp((state) => state.assistants.own);
  return (
    <div className="models-head">
      <h2 className="grow">{t('assistants.dialog.title')}</h2>
      <button type="button" className="btn" onClick={actions.importAssistants}>
        {t('assistants.dialog.import')}
      </button>
      {own.length > 0 && (
        <button type="button" className="btn" onClick={() => actions.exportAssistants(own.map(({ id }) => id))}>
          {t('assistants.dialog.exportAll')}
        </button>
      )}
      <IconButton icon="close" label={t('shell.close')} keys="Esc" onClick={actions.closeDialog} />
    </div>
  );
}

/** The window's own notice lies behind this one. */
function Done() {
  const toast = useApp((state) => state.toast);
  if (!toast) return null;
  return (
    <div className="note">
      <span className="grow" role="status">
        {toast.words()}
      </span>
      {toast.undo && (
        <button type="button" className="btn" onClick={undo}>
          {t('shell.undo')}
        </button>
      )}
    </div>
  );
}

/** The button is gone then. */
function undo({ currentTarget }: MouseEvent<HTMLElement>): void {
  currentTarget.closest<HTMLElement>('[role=dialog]')?.focus();
  actions.undoDelete();
}

function Failed() {
  const error = useApp((state) => state.assistants.error);
  return error && <FailureNote error={error} onClose={actions.closeAssistantError} />;
}

function Own() {
  const own = useApp((state) => state.assistants.own);
  return (
    <>
      <h3>{t('assistants.dialog.own')}</h3>
      {own.length === 0 ? (
        <p className="explain">{t('assistants.dialog.none')}</p>
      ) : (
        <ul className="model-list" aria-label={t('assistants.dialog.own')}>
          {own.map((one) => (
            <AssistantRow key={one.id} assistant={one} isOwn />
          ))}
        </ul>
      )}
    </>
  );
}

function BuiltIn() {
  const builtIn = useApp((state) => state.assistants.builtIn);
  return (
    <>
      <h3>{t('assistants.dialog.builtIn')}</h3>
      <ul className="model-list" aria-label={t('assistants.dialog.builtIn')}>
        {builtIn.map((one) => (
          <AssistantRow key={one.id} assistant={one} isOwn={false} />
        ))}
      </ul>
    </>
  );
}
