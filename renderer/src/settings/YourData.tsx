import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

export function YourData() {
  const folder = useApp((state) => state.appInfo?.dataFolder ?? null);
  return (
    <section className="sec" aria-label={t('settings.data.title')}>
      <div className="sec-h">{t('settings.data.title')}</div>
      <p className="words">{t('settings.data.about')}</p>
      {folder !== null && (
        <>
          <p className="words path">{folder}</p>
          <button type="button" className="btn" onClick={() => actions.openFolder('data')}>
            {t('settings.data.open')}
          </button>
        </>
      )}
    </section>
  );
}
