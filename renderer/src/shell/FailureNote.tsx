import type { ReactNode } from 'react';
import type { EngineErrorShape } from '../../../engine/errors.js';
import { wordsFor } from '../error-words.js';
import { t } from '../words.js';
import { IconButton } from './IconButton.js';
import { Icon } from './icons.js';
import { Wording } from './Wording.js';

interface FailureNoteProps {
  error: EngineErrorShape;
  /** Before its message: what it is about. */
  about?: ReactNode;
  /** Behind it: what comes of it, and the ways out. */
  children?: ReactNode;
  onClose?: () => void;
}

/** What went wrong, by its cause. */
export function FailureNote({ error, about, children, onClose }: FailureNoteProps) {
  const { title, message } = wordsFor(error);
  return (
    <div className="note bad" role="alert">
      <Icon name="warn" />
      <div className="grow">
        <b>{title}</b> {about}
        {message} {children}
        <Wording error={error} />
      </div>
      {onClose && <IconButton icon="close" label={t('shell.closeNotice')} onClick={onClose} />}
    </div>
  );
}
