/** A piece of text of the page, as far as finding needs it. */
interface TextPiece {
  readonly data: string;
}

/** A place in one of the pieces. */
export interface Place<Piece> {
  piece: Piece;
  offset: number;
}

export interface Match<Piece> {
  start: Place<Piece>;
  end: Place<Piece>;
}

/** More are counted to this number and shown as “1,000+”. */
export const MOST_MATCHES = 1000;

/**
 * Where `wanted` stands in the text that the pieces make together, whatever the case of its letters; the matches do not
 * overlap. `most`: no more of them are looked for.
 */
export function findMatches<Piece extends TextPiece>(
  pieces: readonly Piece[],
  wanted: string,
  most = MOST_MATCHES,
): Match<Piece>[] {
  const needle = folded(wanted);
  if (needle === '') return [];
  const text = folded(pieces.map(({ data }) => data).join(''));
  const starts: number[] = [];
  let length = 0;
  for (const { data } of pieces) {
    starts.push(length);
    length += data.length;
  }
  const matches: Match<Piece>[] = [];
  let index = 0;
  const placeAt = (at: number, isEnd: boolean): Place<Piece> => {
    // A match ends in the piece that holds its last character.
    while (index + 1 < starts.length && starts[index + 1] + (isEnd ? 1 : 0) <= at) index++;
    return { piece: pieces[index], offset: at - starts[index] };
  };
  for (let at = text.indexOf(needle); at >= 0 && matches.length < most; at = text.indexOf(needle, at + needle.length)) {
    matches.push({ start: placeAt(at, false), end: placeAt(at + needle.length, true) });
  }
  return matches;
}

/** In small letters, each in its place: the few that become two stay as they are. */
function folded(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (letter) => {
    const small = letter.toLowerCase();
    return small.length === letter.length ? small : letter;
  }).join('');
}
