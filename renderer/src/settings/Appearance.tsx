import { LANGUAGES } from '../../../locales/languages.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { Segments } from './Segments.js';

const THEMES = ['system', 'light', 'dark'] as const;
const TEXT_SIZES = ['small', 'normal', 'large', 'larger'] as const;
const LANGUAGE_CHOICES = ['system', ...LANGUAGES] as const;

export function Appearance() {
  const theme = useApp((state) => state.theme);
  const textSize = useApp((state) => state.settings?.textSize ?? 'normal');
  const language = useApp((state) => state.settings?.language ?? 'system');
  return (
    <section className="sec" aria-label={t('settings.appearance.title')}>
      <div className="sec-h">{t('settings.appearance.title')}</div>
      <Segments
        label={t('settings.appearance.theme')}
        options={THEMES.map((value) => ({ value, name: t(`settings.appearance.themes.${value}`) }))}
        value={theme}
        onChoose={actions.setTheme}
      />
      <div className="setting">{t('settings.appearance.textSize')}</div>
      <Segments
        label={t('settings.appearance.textSize')}
        options={TEXT_SIZES.map((value) => ({ value, name: t(`settings.appearance.textSizes.${value}`) }))}
        value={textSize}
        onChoose={(size) => actions.changeSettings({ textSize: size })}
      />
      <div className="setting">{t('settings.appearance.language')}</div>
      <Segments
        label={t('settings.appearance.language')}
        options={LANGUAGE_CHOICES.map((value) => ({ value, name: t(`settings.appearance.languages.${value}`) }))}
        value={language}
        onChoose={(choice) => actions.changeSettings({ language: choice })}
      />
    </section>
  );
}
