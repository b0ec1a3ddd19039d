import { EngineError } from '../../../engine/errors.js';

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;

export function interrupted(host: string, reason: string, cause?: unknown): EngineError {
  const message = `The connection to ${host} broke: ${reason}. What has come is kept; go on when the network is back.`;
  return new EngineError('DOWNLOAD_INTERRUPTED', message, { host }, { cause });
}

export function stalled(host: string, seconds: number): EngineError {
  const message = `${host} sent nothing for ${seconds} s. What has come is kept; go on later, or try another address for downloads.`;
  return new EngineError('DOWNLOAD_STALLED', message, { host });
}

export function mismatch(host: string, what: string): EngineError {
  const message = `What ${host} sent is not the file: ${what}. It was thrown away. Try again, or another address for downloads.`;
  return new EngineError('DOWNLOAD_MISMATCH', message, { host });
}

export function noSpace(folder: string, neededBytes: number, freeBytes: number): EngineError {
  const message = `The disk is too full: ${megabytes(neededBytes)} more are needed in ${folder}, ${megabytes(freeBytes)} are free. Make room, then go on; what has come is kept.`;
  return new EngineError('DOWNLOAD_NO_SPACE', message, { folder, neededBytes, freeBytes });
}

export function unwritable(path: string, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `${path} cannot be written: ${reason}. Check that the folder is there and can be written to, then go on.`;
  return new EngineError('FILE_UNWRITABLE', message, { path }, { cause });
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'it asks for a sign-in, which the app has not. Choose another model, or get the file by hand and open it here',
  403: 'it does not give the file to everybody: its licence may have to be accepted on the hub first. Get the file by hand and open it here, or choose another model',
  404: 'it has no such file. Try another address for downloads, or choose another model',
  410: 'the file was taken away. Choose another model',
  429: 'it is asked too often. Wait a few minutes, then go on',
};

/** @param retryAfter seconds that the server asks to wait */
export function refused(host: string, status: number, retryAfter: number | null = null): EngineError {
  const reason = REASONS[status] ?? 'the app cannot do anything about it. Try again later, or another address';
  const message = `${host} refused the download (HTTP ${status}): ${reason}.`;
  return new EngineError('DOWNLOAD_REFUSED', message, { host, status, ...(retryAfter !== null && { retryAfter }) });
}

/** Whether it may be over by itself in a moment. */
export function isPassing({ code, details }: EngineError): boolean {
  return code === 'DOWNLOAD_INTERRUPTED' || code === 'DOWNLOAD_STALLED' || details?.status === 429;
}
