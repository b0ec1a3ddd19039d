import { Tip, type TipSide } from './Tip.js';

/** The "?" beside a special figure: what it is and how it was measured. */
export function Hint({ about, text, side }: { about: string; text: string; side?: TipSide }) {
  return (
    <Tip text={text} side={side}>
      <button type="button" className="q" aria-label={`${about}: ${text}`}>
        ?
      </button>
    </Tip>
  );
}
