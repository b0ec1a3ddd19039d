import { type UnzipFileInfo, unzipSync } from 'fflate';
import { EngineError } from '../../../engine/errors.js';
import { documentText } from './docx-text.js';
import { unreadable } from './refusals.js';

const DOCUMENT = 'word/document.xml';
/** Of a document's XML, unpacked. A file that unpacks to more is no document but a bomb. */
const MAX_XML_BYTES = 64_000_000;

/** Throws ATTACHMENT_UNSUPPORTED for archives of other kinds, ATTACHMENT_TOO_LARGE, ATTACHMENT_UNREADABLE. */
export function readDocx(name: string, bytes: Uint8Array): string {
  try {
    return documentText(unpack(name, bytes), name);
  } catch (thrown) {
    throw thrown instanceof EngineError ? thrown : unreadable(name, 'DOCX file', thrown);
  }
}

/**
 * One file of the archive alone. It gets no more room than the archive says it needs, which is looked at first: what
 * lies about its size does not fit.
 */
function unpack(name: string, bytes: Uint8Array): Uint8Array {
  const isDocument = (file: UnzipFileInfo): boolean => {
    if (file.name !== DOCUMENT) return false;
    if (file.originalSize > MAX_XML_BYTES) {
      throw new EngineError(
        'ATTACHMENT_TOO_LARGE',
        `“${name}” unpacks to ${Math.round(file.originalSize / 1e6)} MB, which no document needs. It is not opened.`,
        { bytes: file.originalSize },
      );
    }
    return true;
  };
  const xml = unzipSync(bytes, { filter: isDocument })[DOCUMENT];
  if (xml) return xml;
  throw new EngineError(
    'ATTACHMENT_UNSUPPORTED',
    `“${name}” is an archive or another kind of document. Text, code, PDF and DOCX files can be attached; save it as one of these.`,
  );
}
