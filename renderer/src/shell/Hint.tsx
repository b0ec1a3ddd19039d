import { Tip } from './Tip.js';

/** The "?" beside a special figure: what it is and how it was measured. */
export function Hint({ about, text }: { about: string; text: string }) {
  return (
    <Tip text={text}>
      <button type="button" className="q" aria-label={`${about}: ${text}`}>
        ?
      </button>
    </Tip>
  );
}
