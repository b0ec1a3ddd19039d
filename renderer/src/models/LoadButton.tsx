import { isEngineAtWork } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { t } from '../words.js';
import { loadUnlessBusy } from './window-models.js';

export function LoadButton({ path, name }: { path: string; name: string }) {
  const isBusy = useApp(isEngineAtWork);
  return (
    <button
      type="button"
      className="btn"
      aria-label={t('models.loadNamed', { name })}
      disabled={isBusy}
      onClick={() => loadUnlessBusy(path)}
    >
      {t('models.load')}
    </button>
  );
}
