import type { AddedToken } from './tokenizer-json.js';

/** A stretch of text between added tokens, or the id of one. */
export type TextSection = string | number;

/** Finds added tokens (control tokens and whole words beside the vocabulary) in text: leftmost first, then longest. */
export class AddedTokenSplitter {
  private readonly tokens: ReadonlyMap<string, AddedToken>;
  private readonly pattern: RegExp | null;
  private readonly controlPattern: RegExp | null;

  constructor(addedTokens: readonly AddedToken[]) {
    this.tokens = new Map(addedTokens.map((token) => [token.content, token]));
    this.pattern = alternatives([...this.tokens.keys()]);
    this.controlPattern = alternatives(addedTokens.filter(({ special }) => special).map(({ content }) => content));
  }

  split(text: string): TextSection[] {
    if (!this.pattern) return text ? [text] : [];
    const sections: TextSection[] = [];
    let start = 0;
    let trimStart = false;
    const addText = (stretch: string, trimEnd: boolean) => {
      const left = trimStart ? stretch.trimStart() : stretch;
      const section = trimEnd ? left.trimEnd() : left;
      if (section) sections.push(section);
    };
    for (const match of text.matchAll(this.pattern)) {
      const token = this.tokens.get(match[0]);
      if (!token) continue;
      addText(text.slice(start, match.index), token.lstrip);
      sections.push(token.id);
      start = match.index + match[0].length;
      trimStart = token.rstrip;
    }
    addText(text.slice(start), false);
    return sections;
  }

  /** Text in which no control token is found any more: `guard` stands after each character of what would be one. */
  breakControlTokens(text: string, guard: string): string {
    if (!this.controlPattern) return text;
    return text.replace(this.controlPattern, (token) => [...token].map((character) => character + guard).join(''));
  }
}

function alternatives(contents: string[]): RegExp | null {
  if (contents.length === 0) return null;
  const longestFirst = contents.sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((content) => content.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'), 'gu');
}
