import { EngineError } from '../../../engine/errors.js';
import type { AttachedFile } from '../../ipc/attachment-contract.js';
import { MAX_ATTACHMENT_BYTES } from '../../ipc/attachment-limits.js';
import { readDocx } from './docx.js';
import { readPdf } from './pdf.js';
import { readPlainText } from './plain-text.js';
import { tooLarge, tooLong } from './refusals.js';

const startsWith = (bytes: Uint8Array, ...start: number[]): boolean => start.every((byte, i) => bytes[i] === byte);

/**
 * The text of a file, by what is in it and not by its name. Throws ATTACHMENT_TOO_LARGE, ATTACHMENT_UNSUPPORTED,
 * ATTACHMENT_ENCRYPTED, ATTACHMENT_UNREADABLE or ATTACHMENT_EMPTY.
 */
export async function readText({ name, bytes }: AttachedFile): Promise<string> {
  if (bytes.length > MAX_ATTACHMENT_BYTES) throw tooLarge(name, bytes.length);
  const text = (await readByKind(name, bytes)).replace(/\r\n?/g, '\n').trim();
  if (text === '') throw empty(name);
  return tooLong(name, text.length) ?? text;
}

async function readByKind(name: string, bytes: Uint8Array): Promise<string> {
  if (isPdf(bytes)) return readPdf(name, bytes);
  if (startsWith(bytes, 0x50, 0x4b)) return readDocx(name, bytes);
  if (startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0)) throw oldOffice(name, bytes);
  return readPlainText(name, bytes);
}

/** Its mark stands within the first kilobyte. */
function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(1024, bytes.length)).includes('%PDF-');
}

/** Office keeps documents with a password in the container of its old formats. */
function oldOffice(name: string, bytes: Uint8Array): EngineError {
  const container = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (container.includes(Buffer.from('EncryptedPackage', 'utf16le'))) {
    return new EngineError(
      'ATTACHMENT_ENCRYPTED',
      `“${name}” has a password. Open it in your word processor, save it without one, and attach that.`,
    );
  }
  return new EngineError(
    'ATTACHMENT_UNSUPPORTED',
    `“${name}” is an old Office document. Save it as DOCX, PDF or plain text, and attach that.`,
  );
}

function empty(name: string): EngineError {
  return new EngineError('ATTACHMENT_EMPTY', `There is no text in “${name}”.`);
}
