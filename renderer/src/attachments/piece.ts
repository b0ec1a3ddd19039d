import type { TextRange } from '../../../engine/types.js';
import { t } from '../words.js';

/** What a piece of a message is: a long text that was pasted, or the text of a file. */
export interface Piece {
  /** Of the file, or the pasted text's first line. */
  name: string;
  kind: PieceKind;
  /** Its own words within the piece as the model gets it. */
  words: TextRange;
}

export type PieceKind = 'pasted' | 'PDF' | 'DOCX' | 'text';

const FIRST_LINE = /^\[File: (.{1,200})\]\n/;
const lastLine = (name: string): string => `\n[End of file: ${name}]`;

/**
 * The text of a file as a piece of a message: its name stands before it and behind it, for the model and for whoever
 * reads the chat elsewhere. So a message is text alone, and what of it is a file can be told from the text.
 */
export function fileAsPiece(fileName: string, text: string): string {
  const name =
    fileName
      .replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, ' ')
      .trim()
      .slice(-200) || t('attachments.unnamed');
  return `[File: ${name}]\n${text}${lastLine(name)}`;
}

export function pieceOf(source: string): Piece {
  const [first, name] = FIRST_LINE.exec(source) ?? [];
  if (first === undefined || name === undefined || !source.endsWith(lastLine(name))) {
    return { name: firstLine(source), kind: 'pasted', words: { from: 0, to: source.length } };
  }
  return { name, kind: kindOf(name), words: { from: first.length, to: source.length - lastLine(name).length } };
}

/** How a kind is told. */
export function kindWords(kind: PieceKind): string {
  return kind === 'PDF' || kind === 'DOCX' ? kind : t(kind === 'text' ? 'attachments.textFile' : 'attachments.pasted');
}

function kindOf(name: string): PieceKind {
  if (/\.pdf$/i.test(name)) return 'PDF';
  return /\.docx$/i.test(name) ? 'DOCX' : 'text';
}

/** The first line with anything on it. */
function firstLine(text: string): string {
  const start = text.slice(0, 2000).trimStart();
  return start.split('\n', 1)[0].trim().slice(0, 80) || t('attachments.pastedText');
}

const encoder = new TextEncoder();

export function byteLength(text: string): number {
  return encoder.encode(text).byteLength;
}

/** Tells pieces apart without holding them: their length and a hash (FNV-1a, 32 bits). */
export function pieceKey(source: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < source.length; i++) hash = Math.imul(hash ^ source.charCodeAt(i), 0x01000193);
  return `${source.length}-${(hash >>> 0).toString(36)}`;
}
