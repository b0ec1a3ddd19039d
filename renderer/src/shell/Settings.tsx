import { type CSSProperties, useId } from 'react';
import type { Precision } from '../../../engine/types.js';
import { formatCount } from '../format.js';
import type { ThemeChoice } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Hint } from './Hint.js';
import { Licences } from './Licences.js';
import { UpdateCheck } from './UpdateCheck.js';

const THEMES: readonly { value: ThemeChoice; name: string }[] = [
  { value: 'system', name: 'System' },
  { value: 'light', name: 'Light' },
  { value: 'dark', name: 'Dark' },
];

export function SettingsTab() {
  return (
    <>
      <ThemeSetting />
      <Sampling />
      <PrecisionSetting />
      <About />
    </>
  );
}

function ThemeSetting() {
  const theme = useApp((state) => state.theme);
  // While the panel moves between the window's side and its overlay there are two of it: one name would join their
  // radio buttons, and one of the two would lose its choice.
  const group = useId();
  return (
    <section className="sec" aria-label="Appearance">
      <div className="sec-h">Appearance</div>
      <fieldset className="segments">
        <legend className="sr-only">Theme</legend>
        {THEMES.map(({ value, name }) => (
          <label key={value}>
            <input
              type="radio"
              name={group}
              value={value}
              checked={theme === value}
              onChange={() => actions.setTheme(value)}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
    </section>
  );
}

const PRECISIONS: readonly { value: Precision; name: string }[] = [
  { value: 'default', name: '8-bit' },
  { value: 'float32', name: 'Float32' },
];

function PrecisionSetting() {
  const precision = useApp((state) => state.appInfo?.precision ?? 'default');
  const group = useId();
  return (
    <section className="sec" aria-label="Precision">
      <div className="sec-h">
        Precision
        <Hint
          about="Precision"
          text="How exactly the model computes. 8-bit is fast. Float32 takes four times the memory and is slower: it is for checking answers against a reference. A change loads the model again."
        />
      </div>
      <fieldset className="segments">
        <legend className="sr-only">Precision</legend>
        {PRECISIONS.map(({ value, name }) => (
          <label key={value}>
            <input
              type="radio"
              name={group}
              value={value}
              checked={precision === value}
              onChange={() => actions.setPrecision(value)}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
    </section>
  );
}

function Sampling() {
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
          {temperature.toFixed(1)}
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

function About() {
  const info = useApp((state) => state.appInfo);
  if (!info) return null;
  return (
    <section className="sec" aria-label="About">
      <div className="sec-h">About</div>
      <dl className="figures">
        <div>
          <dt>Pyramid Chat</dt>
          <dd className="num">{info.version}</dd>
        </div>
        <div>
          <dt>Electron</dt>
          <dd className="num">{info.electronVersion}</dd>
        </div>
        <div>
          <dt>Processor</dt>
          <dd>
            {info.cpuModel}, {formatCount(info.cores)} cores
          </dd>
        </div>
      </dl>
      <p className="explain">
        <button type="button" className="link" onClick={actions.openLog}>
          Open log
        </button>
        {' · '}
        <Licences />
      </p>
      <UpdateCheck />
    </section>
  );
}
