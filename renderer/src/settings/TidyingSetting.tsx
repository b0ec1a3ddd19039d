import type { AppSettings } from '../../../electron/ipc/app-settings.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { Segments } from './Segments.js';

const MODES: readonly AppSettings['tidying'][] = ['off', 'idle', 'always'];

/** Whether idle time is spent on a smaller memory. */
export function TidyingSetting() {
  const mode = useApp((state) => state.settings?.tidying);
  if (!mode) return null;
  return (
    <section className="sec" aria-label={t('settings.tidying.title')}>
      <div className="sec-h">{t('settings.tidying.title')}</div>
      <Segments
        label={t('settings.tidying.title')}
        options={MODES.map((value) => ({ value, name: t(`settings.tidying.modes.${value}`) }))}
        value={mode}
        onChoose={(tidying) => actions.changeSettings({ tidying })}
      />
      <p className="words">{t(`settings.tidying.about.${mode}`)}</p>
    </section>
  );
}
