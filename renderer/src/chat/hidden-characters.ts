/** They turn round what follows them, up to the paragraph's end: letters then stand in another order than they are in. */
const OVERRIDES = /[\u202d\u202e]/g;
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Without width and without a meaning of their own; joiners stay, which scripts and emoji are written with. */
const INVISIBLE = /[\u00ad\u180e\u200b\u2060-\u2064\ufeff]/g;

/** Characters that would show a text otherwise than it is, as their numbers. */
export const showOverrides = (text: string): string => text.replace(OVERRIDES, asNumber);

/** For code, which is read letter by letter. */
export const showDirections = (text: string): string => text.replace(DIRECTIONS, asNumber);

/** For the words of a link, which are to be what they look like. */
export const withoutHidden = (text: string): string => text.replace(INVISIBLE, '').replace(DIRECTIONS, asNumber);

function asNumber(character: string): string {
  return `[U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`;
}
