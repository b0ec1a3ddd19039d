import { parseMarkdownIntoBlocks } from 'streamdown';
import { isTooDeep } from './plain-blocks.js';

/** Items of a list that are one block. */
const GROUP = 20;
const ITEM = /^(?:[-*+]|\d{1,9}[.)])[ \t]/;

/**
 * The blocks of a text, each parsed for itself and again only when it changes. While a text grows, its last block does:
 * a long list is several, so that what is behind stays.
 */
export function blocksOf(markdown: string): string[] {
  if (isTooDeep(markdown)) return [markdown];
  return parseMarkdownIntoBlocks(markdown).flatMap((block) => (ITEM.test(block) ? groupsOf(block) : [block]));
}

function groupsOf(list: string): string[] {
  const groups: string[] = [];
  let items = 0;
  let start = 0;
  for (let at = 0; at < list.length; ) {
    const end = list.indexOf('\n', at) + 1 || list.length;
    if (ITEM.test(list.slice(at, at + 12)) && items++ === GROUP) {
      groups.push(list.slice(start, at));
      start = at;
      items = 1;
    }
    at = end;
  }
  groups.push(list.slice(start));
  return groups;
}

/** A block that is code and nothing else. */
export interface FencedCode {
  code: string;
  language: string;
  isClosed: boolean;
}

/** Code needs no parser, which would read all of it anew with each line that comes. */
export function fencedCode(block: string): FencedCode | null {
  const [opening, fence, language] = /^(`{3,}|~{3,})[ \t]*([^\s`]*)[^\n`]*\n/.exec(block) ?? [];
  if (opening === undefined || fence === undefined || language === 'math') return null;
  const body = block.slice(opening.length);
  const closing = new RegExp(`^ {0,3}\\${fence[0]}{${fence.length},}[ \\t]*$`, 'm').exec(body);
  if (!closing) return { code: body.replace(/\n$/, ''), language: language ?? '', isClosed: false };
  if (body.slice(closing.index + closing[0].length).trim() !== '') return null;
  return { code: body.slice(0, closing.index).replace(/\n$/, ''), language: language ?? '', isClosed: true };
}
