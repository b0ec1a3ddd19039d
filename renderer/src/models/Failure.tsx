import type { ReactNode } from 'react';
import type { EngineErrorShape } from '../../../engine/errors.js';
import { wordsFor } from '../error-words.js';
import { Icon } from '../shell/icons.js';
import { useModels } from './models-store.js';

/** What went wrong with one model, download or place, beside it. */
export function Failure({ about, children }: { about: string; children?: ReactNode }) {
  const failure = useModels((state) => state.failure);
  return failure?.about === about ? <FailureNote error={failure.error}>{children}</FailureNote> : null;
}

export function FailureNote({ error, children }: { error: EngineErrorShape; children?: ReactNode }) {
  const { title, message } = wordsFor(error);
  return (
    <div className="note bad" role="alert">
      <Icon name="warn" />
      <div className="grow">
        <b>{title}</b> {message}
        {children && <div className="go">{children}</div>}
      </div>
    </div>
  );
}
