import { EngineError } from '../../../engine/errors.js';
import { MAX_ATTACHMENT_BYTES, MAX_ATTACHMENT_LENGTH } from '../../ipc/attachment-limits.js';

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

export function tooLarge(name: string, bytes: number): EngineError {
  return new EngineError(
    'ATTACHMENT_TOO_LARGE',
    `“${name}” has ${megabytes(bytes)}; files up to ${megabytes(MAX_ATTACHMENT_BYTES)} can be attached. Attach a part of it.`,
    { bytes },
  );
}

/** Throws ATTACHMENT_TOO_LARGE if a text, maybe not yet whole, is longer than one may be. */
export function tooLong(name: string, length: number): null {
  if (length <= MAX_ATTACHMENT_LENGTH) return null;
  const most = `${MAX_ATTACHMENT_LENGTH / 1e6} million characters`;
  throw new EngineError(
    'ATTACHMENT_TOO_LARGE',
    `“${name}” holds more than ${most} of text, far more than a model can read at once. Attach a part of it.`,
  );
}

export function unreadable(name: string, kind: string, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError(
    'ATTACHMENT_UNREADABLE',
    `“${name}” is a broken ${kind}: ${reason.replace(/\.$/, '')}. Save it anew with the program that made it, or copy its text and paste it here.`,
    undefined,
    { cause },
  );
}
