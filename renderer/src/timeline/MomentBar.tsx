import { formatMoment } from '../format.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { shownMs } from './moment.js';

/** Says that what is shown was so, and leads back. At the panel's foot, where nothing moves when it comes. */
export function MomentBar() {
  const ms = useApp(shownMs);
  const isReplay = useApp((state) => state.replay !== null);
  if (ms === null) return null;
  return (
    <div className="moment-bar" role="status">
      <span className="grow">
        As it was at <span className="num">{formatMoment(ms)}</span>
      </span>
      {isReplay ? (
        <button type="button" className="link" onClick={actions.closeReplay}>
          Close the replay
        </button>
      ) : (
        <>
          <button type="button" className="link" onClick={actions.backToNow}>
            Back to now
          </button>
          <kbd>Esc</kbd>
        </>
      )}
    </div>
  );
}
