import type { TextRange } from '../../../engine/types.js';

/** What of a message the model may never drop: all of it, or stretches of its content; ascending, apart, at least one. */
export type Pins = true | readonly TextRange[];

/** @param length of the message's content, UTF-16 units: stretches that make all of it pin the message */
export function addRange(pins: Pins | null, range: TextRange, length: number): Pins {
  if (pins === true) return true;
  const joined: TextRange[] = [];
  for (const { from, to } of [...(pins ?? []), range].toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from <= last.to) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else joined.push({ from, to });
  }
  return joined.length === 1 && joined[0].from === 0 && joined[0].to >= length ? true : joined;
}

/** @returns null: nothing is pinned any more */
export function removeRange(pins: Pins | null, { from, to }: TextRange): Pins | null {
  if (pins === null || pins === true) return pins;
  const left = pins.filter((range) => range.from !== from || range.to !== to);
  return left.length > 0 ? left : null;
}
