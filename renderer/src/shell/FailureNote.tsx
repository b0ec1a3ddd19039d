import type { ReactNode } from 'react';
import type { EngineErrorShape } from '../../../engine/errors.js';
import { wordsFor } from '../error-words.js';
import { IconButton } from './IconButton.js';
import { Icon } from './icons.js';

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
      </div>
      {onClose && <IconButton icon="close" label="Close this notice" onClick={onClose} />}
    </div>
  );
}
