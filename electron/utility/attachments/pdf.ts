import { setImmediate } from 'node:timers/promises';
import { getDocumentProxy } from 'unpdf';
import { EngineError } from '../../../engine/errors.js';
import { tooLong, unreadable } from './refusals.js';

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

/** The text of a PDF's pages, each after an empty line. Throws ATTACHMENT_…; TOO_LARGE as soon as it is. */
export async function readPdf(name: string, bytes: Uint8Array): Promise<string> {
  return withoutStrays(() => readPages(name, bytes));
}

/**
 * pdf.js looks at pages ahead, and nobody awaits what fails there: it would end the process, though it fails again where
 * that page is read, if it is. So nothing else may go on in the process meanwhile.
 */
async function withoutStrays<T>(work: () => Promise<T>): Promise<T> {
  const listeners = process.listeners('unhandledRejection');
  const ignore = () => undefined;
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', ignore);
  try {
    return await work();
  } finally {
    // The last ones are told behind what is due by now.
    await setImmediate();
    process.off('unhandledRejection', ignore);
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
}

async function readPages(name: string, bytes: Uint8Array): Promise<string> {
  const document = await open(name, bytes);
  try {
    const pages: string[] = [];
    let length = 0;
    for (let number = 1; number <= document.numPages; number++) {
      const text = await pageText(document, number);
      length += text.length;
      tooLong(name, length);
      pages.push(text);
    }
    if (pages.every((text) => text.trim() === '')) throw onlyPictures(name, document.numPages);
    return pages.join('\n\n');
  } catch (thrown) {
    throw thrown instanceof EngineError ? thrown : unreadable(name, 'PDF', thrown);
  } finally {
    await document.loadingTask.destroy();
  }
}

async function open(name: string, bytes: Uint8Array): Promise<PdfDocument> {
  try {
    // It keeps what it is given, and takes no Buffer.
    return await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0, isEvalSupported: false, stopAtErrors: false });
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'PasswordException') {
      throw new EngineError(
        'ATTACHMENT_ENCRYPTED',
        `“${name}” has a password. Save it without one, or print it to a new PDF, and attach that.`,
      );
    }
    throw unreadable(name, 'PDF', thrown);
  }
}

async function pageText(document: PdfDocument, number: number): Promise<string> {
  const page = await document.getPage(number);
  const { items } = await page.getTextContent();
  page.cleanup();
  return items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('');
}

function onlyPictures(name: string, pages: number): EngineError {
  return new EngineError(
    'ATTACHMENT_EMPTY',
    `There is no text in “${name}”: ${pages === 1 ? 'its page is a picture' : `its ${pages} pages are pictures`}, or empty. A program for text recognition (OCR) can put text into it.`,
    { pages },
  );
}
