/** The finished sentences of a growing text from `from` on, and where the next one begins. */
export function finishedSentences(text: string, from: number): { spoken: string; next: number } {
  const rest = text.slice(from);
  let length = 0;
  for (const end of rest.matchAll(/[.!?…。！？]["'”’)\]*_`]*(?=\s)|\n+/gu)) length = end.index + end[0].length;
  return { spoken: speakable(rest.slice(0, length)), next: from + length };
}

/** Markdown as it is read aloud: without its marks. */
export function speakable(markdown: string): string {
  return markdown
    .replace(/^\s*(```|~~~).*$/gm, ' ')
    .replace(/^\s*\|?[\s:|-]+\|\s*$/gm, ' ')
    .replace(/^\s*(#{1,6}|>|[-*+])\s+/gm, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`|]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
