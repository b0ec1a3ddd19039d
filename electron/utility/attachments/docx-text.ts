import { SaxesParser } from 'saxes';
import { tooLong } from './refusals.js';

/** In what a part of the document stands, as far as its text depends on it. */
interface Place {
  runs: number;
  cells: number;
  /** Older forms of what stands beside them: the same words again. */
  fallbacks: number;
}

/** The text of a document's XML: headings and list items as in Markdown, rows of tables as lines with | between cells. */
export function documentText(xml: Uint8Array, name: string): string {
  const reader = new DocumentReader(name);
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => reader.open(local(tag.name), tag.attributes));
  parser.on('closetag', (tag) => reader.close(local(tag.name)));
  parser.on('text', (text) => reader.text(text));
  parser.write(new TextDecoder('utf-8', { fatal: true }).decode(xml)).close();
  return reader.result();
}

/** w:p → p */
function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

class DocumentReader {
  readonly #name: string;
  readonly #parts: string[] = [];
  #length = 0;
  #isText = false;
  /** Before the first run of a paragraph: its style is known by then. */
  #prefix = '';
  readonly #in: Place = { runs: 0, cells: 0, fallbacks: 0 };

  constructor(name: string) {
    this.#name = name;
  }

  open(tag: string, attributes: Record<string, string>): void {
    if (tag === 'Fallback') this.#in.fallbacks++;
    else if (tag === 'r') this.#in.runs++;
    else if (tag === 'tc' && ++this.#in.cells) this.#prefix = '';
    else if (tag === 't') this.#isText = true;
    else if (tag === 'p') this.#prefix = '';
    else if (tag === 'pStyle') this.#prefix = headingMark(attributes['w:val'] ?? '');
    else if (tag === 'numPr') this.#prefix ||= '- ';
    else if (this.#in.runs > 0 && tag === 'tab') this.#add('\t');
    else if (this.#in.runs > 0 && (tag === 'br' || tag === 'cr')) this.#add(this.#in.cells > 0 ? ' ' : '\n');
  }

  close(tag: string): void {
    if (tag === 'Fallback') this.#in.fallbacks--;
    else if (tag === 'r') this.#in.runs--;
    else if (tag === 't') this.#isText = false;
    else if (tag === 'p') this.#add(this.#in.cells > 0 ? ' ' : '\n');
    else if (tag === 'tc') {
      this.#in.cells--;
      this.#add('| ');
    } else if (tag === 'tr') this.#add('\n');
  }

  text(text: string): void {
    if (this.#isText) this.#add(text);
  }

  result(): string {
    return this.#parts
      .join('')
      .replace(/ *\| *\n/g, '\n')
      .replace(/ {2,}\| /g, ' | ');
  }

  #add(text: string): void {
    if (this.#in.fallbacks > 0) return;
    const words = text.trim() === '' ? text : `${this.#takePrefix()}${text}`;
    this.#length += words.length;
    tooLong(this.#name, this.#length);
    this.#parts.push(words);
  }

  #takePrefix(): string {
    const prefix = this.#prefix;
    this.#prefix = '';
    return this.#in.cells > 0 ? '' : prefix;
  }
}

function headingMark(style: string): string {
  if (/^title$/i.test(style)) return '# ';
  const level = /^heading([1-6])$/i.exec(style)?.[1];
  return level === undefined ? (/^List/.test(style) ? '- ' : '') : `${'#'.repeat(Number(level))} `;
}
