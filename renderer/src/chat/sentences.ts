import { formatCount } from '../format.js';
import { t } from '../words.js';
import { withoutHidden } from './hidden-characters.js';
import { languageName } from './language-name.js';

/** So much of a text is looked at for the end of a sentence. */
const LONGEST_SENTENCE = 4000;
/** An answer that ends with more than this unread leaves the rest to be read in the chat. */
const LONGEST_SPEECH = 20_000;

/**
 * The finished sentences of a growing text from `from` on, and where the next one begins. Code is told when it is
 * whole: its language and length, not its letters.
 */
export function finishedSentences(text: string, from: number): { spoken: string; next: number } {
  const spoken: string[] = [];
  let next = from;
  for (;;) {
    const code = nextCode(text, next);
    const prose = text.slice(next, code?.start ?? next + LONGEST_SENTENCE);
    const length = code ? prose.length : lengthOfSentences(prose);
    spoken.push(speakable(prose.slice(0, length)));
    next += length;
    if (!code || code.end === null) break;
    const { language, lines } = code;
    spoken.push(t('chat.speech.code', { language: languageName(language), count: lines, written: formatCount(lines) }));
    next = code.end;
  }
  return { spoken: spoken.filter(Boolean).join(' '), next };
}

/** What is left to be said of a text that has ended. */
export function unspoken(text: string, from: number): string {
  const spoken: string[] = [];
  let next = from;
  while (next < text.length && next - from < LONGEST_SPEECH) {
    const sentences = finishedSentences(text, next);
    const rest = sentences.next === next ? text.slice(next, next + LONGEST_SENTENCE) : '';
    spoken.push(sentences.spoken, speakable(rest));
    next = sentences.next + rest.length;
  }
  if (next < text.length) spoken.push(t('chat.speech.restInChat'));
  return spoken.filter(Boolean).join(' ');
}

/** Markdown as it is read aloud: without its marks, cells of a table with a pause between them. */
export function speakable(markdown: string): string {
  return withoutHidden(markdown)
    .replace(/^\s*(```|~~~).*$/gm, ' ')
    .replace(/^\s*\|?[\s:|-]+\|\s*$/gm, ' ')
    .replace(
      /^\s*\|(.*)\|\s*$/gm,
      (_row, cells: string) =>
        `${cells
          .split('|')
          .map((cell) => cell.trim())
          .join(', ')}.`,
    )
    .replace(/\$\$([^$]+)\$\$|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)/g, (_all, ...tex) => ` ${formulaWords(tex)} `)
    .replace(/^\s*(#{1,6}|>|[-*+])\s+(\[[ x]\]\s+)?/gm, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`|]+/g, ' ')
    .replace(/\s+([.,;:!?])(?=\s|$)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A sentence ends with its mark or with its line; the number of a list item is no end. */
function lengthOfSentences(prose: string): number {
  let length = 0;
  for (const end of prose.matchAll(/(?<!^\s*\d+)[.!?…。！？]["'”’)\]*_`]*(?=\s)|\n+/gmu))
    length = end.index + end[0].length;
  return length === 0 && prose.length === LONGEST_SENTENCE ? prose.length : length;
}

interface SpokenCode {
  start: number;
  language: string;
  lines: number;
  /** null: it is not whole yet. */
  end: number | null;
}

/** The next block of code within the text that is looked at. */
function nextCode(text: string, from: number): SpokenCode | null {
  const opening = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^\n]*\n/gm;
  const found = opening.exec(text.slice(from, from + LONGEST_SENTENCE));
  if (!found) return null;
  const start = from + found.index;
  const body = start + found[0].length;
  const closing = new RegExp(`^ {0,3}\\${found[1][0]}{${found[1].length},}[ \\t]*$`, 'gm');
  closing.lastIndex = body;
  const close = closing.exec(text);
  const lines = close ? text.slice(body, close.index).split('\n').length - 1 : 0;
  return { start, language: found[2], lines, end: close && close.index + close[0].length };
}

function formulaWords(tex: readonly unknown[]): string {
  const written = tex.find((part) => typeof part === 'string') ?? '';
  return t('chat.speech.formula', { tex: String(written).replace(/[\\{}]+/g, ' ') });
}
