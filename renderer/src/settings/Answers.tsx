import type { CSSProperties } from 'react';
import { formatNumber } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

export function Answers() {
  const temperature = useApp((state) => state.temperature);
  const seed = useApp((state) => state.seed);
  return (
    <section className="sec" aria-label={t('settings.answers.title')}>
      <div className="sec-h">{t('settings.answers.title')}</div>
      <div className="setting">
        <label htmlFor="temperature">{t('settings.answers.temperature')}</label>
        <Hint about={t('settings.answers.temperature')} text={t('settings.answers.temperatureHint')} />
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
        <label htmlFor="seed">{t('settings.answers.seed')}</label>
        <Hint about={t('settings.answers.seed')} text={t('settings.answers.seedHint')} />
        <input
          id="seed"
          className="field num"
          type="text"
          inputMode="numeric"
          placeholder={t('settings.answers.newEachTime')}
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
