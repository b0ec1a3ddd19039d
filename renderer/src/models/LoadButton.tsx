import { isEngineAtWork } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { loadUnlessBusy } from './window-models.js';

export function LoadButton({ path, name }: { path: string; name: string }) {
  const isBusy = useApp(isEngineAtWork);
  return (
    <button
      type="button"
      className="btn"
      aria-label={`Load ${name}`}
      disabled={isBusy}
      onClick={() => loadUnlessBusy(path)}
    >
      Load
    </button>
  );
}
