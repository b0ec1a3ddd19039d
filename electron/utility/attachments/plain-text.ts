import { EngineError } from '../../../engine/errors.js';
import { tooLong } from './refusals.js';

/** What no text has: all control characters but tab, line feed, form feed, return and escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are looked for
const NOT_TEXT = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

/** Text or code: UTF-8, UTF-16 with its mark, else what Western Windows writes. Throws ATTACHMENT_UNSUPPORTED. */
export function readPlainText(name: string, bytes: Uint8Array): string {
  const text = decode(bytes);
  if (NOT_TEXT.test(text) || text.startsWith('{\\rtf')) {
    throw new EngineError(
      'ATTACHMENT_UNSUPPORTED',
      `“${name}” is no text that can be read here. Text, code, PDF and DOCX files can be attached; save it as one of these.`,
    );
  }
  return tooLong(name, text.length) ?? text;
}

function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
