import type { ReactNode } from 'react';
import { FailureNote } from '../shell/FailureNote.js';
import { useModels } from './models-store.js';

/** What went wrong with one model, download or place, beside it. */
export function Failure({ about, children }: { about: string; children?: ReactNode }) {
  const failure = useModels((state) => state.failure);
  return failure?.about === about ? (
    <FailureNote error={failure.error}>{children && <div className="go">{children}</div>}</FailureNote>
  ) : null;
}
