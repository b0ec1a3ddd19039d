import { formatBytes, formatCount } from '../format.js';
import { isEngineAtWork } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { moreBytes, nextContextLength } from './context-cost.js';

/** Where the settings hold the context below what the model has: the next length, with what it costs. */
export function RaiseContext() {
  const next = useApp(nextContextLength);
  const longest = useApp(({ contextCosts }) => contextCosts.at(-1)?.contextLength);
  const more = useApp((state) => (next === null ? '' : formatBytes(moreBytes(state, next))));
  const isBusy = useApp(isEngineAtWork);
  if (next === null) return null;
  const raise = () => actions.changeSettings({ contextLength: next === longest ? null : next });
  return (
    <button type="button" className="btn" disabled={isBusy} onClick={raise}>
      {t('settings.context.raise', { tokens: formatCount(next), bytes: more })}
    </button>
  );
}
