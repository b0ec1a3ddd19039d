import type { CSSProperties } from 'react';
import { formatNumber } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';

export function Answers() {
  const temperature = useApp((state) => state.temperature);
  const seed = useApp((state) => state.seed);
  return (
    <section className="sec" aria-label="Answers">
      <div className="sec-h">Answers</div>
      <div className="setting">
        <label htmlFor="temperature">Temperature</label>
        <Hint
          about="Temperature"
          text="How freely the next word is chosen. At 0 it is always the likeliest one, and the same question gets the same answer."
        />
        <output className="num" htmlFor="temperature">
          {formatNumber(temperature, 1)}
        </output>
      </div>
      <input
        id="temperature"
        className="range"
        type="range"
        min="0"
        max="2"
        step="0.1"
        value={temperature}
        style={{ '--share': `${temperature * 50}%` } as CSSProperties}
        onChange={(event) => actions.setSampling({ temperature: Number(event.target.value) })}
      />
      <div className="setting">
        <label htmlFor="seed">Seed</label>
        <Hint
          about="Seed"
          text="The start of the random numbers. The same seed and the same chat give the same answer; empty, each answer gets a new one."
        />
        <input
          id="seed"
          className="field num"
          type="text"
          inputMode="numeric"
          placeholder="new each time"
          value={seed ?? ''}
          onChange={(event) => actions.setSampling({ seed: parseSeed(event.target.value) })}
        />
      </div>
    </section>
  );
}

/** Digits as a number; nothing, or what no seed can be, as null. */
function parseSeed(text: string): number | null {
  const digits = text.replace(/\D/g, '').slice(0, 15);
  return digits === '' ? null : Number(digits);
}
