import type { Measuring } from '../../../electron/ipc/frames.js';
import { formatCount, formatDuration } from '../format.js';
import { isBusy } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';

/** In the place of the curve, where nothing was measured for the model: measuring it, and how far that has come. */
export function Unmeasured() {
  const measuring = useApp((state) => state.measuring);
  if (!measuring) return null;
  return (
    <div className="measuring">
      {measuring.state === 'running' ? <Running {...measuring} /> : <Resting measuring={measuring} />}
    </div>
  );
}

function Running({ progress: { done, total, msLeft } }: Measuring) {
  const waits = useApp(isBusy);
  const left = waits ? 'waits for the answer' : msLeft !== null && `about ${formatDuration(msLeft)} left`;
  return (
    <>
      <p className="ln">
        <span role="status">
          Measuring this model: <span className="num">{stepsOf(done, total)}</span>
          {left && <span className="faint">, {left}</span>}
        </span>
        <button type="button" className="link" onClick={actions.stopMeasuring}>
          Stop
        </button>
      </p>
      <div
        className="bar"
        role="progressbar"
        aria-label="Measuring this model"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
      >
        <i style={{ width: `${(done / total) * 100}%` }} />
      </div>
    </>
  );
}

function Resting({ measuring }: { measuring: Measuring }) {
  const { done, total } = measuring.progress;
  const begun = done > 0;
  return (
    <>
      {measuring.state === 'failed' && (
        <p className="wrong" role="alert">
          {measuring.error.message}
        </p>
      )}
      <p className="ln">
        <span>
          {begun ? (
            <>
              Measured in part: <span className="num">{stepsOf(done, total)}</span>
            </>
          ) : (
            'What each compression costs was not measured for this model.'
          )}
        </span>
        <button type="button" className="link" onClick={actions.measurePresets}>
          {begun ? 'Go on measuring' : 'Measure it now'}
        </button>
      </p>
      <p className="faint">In the background, between your messages; what is measured is kept.</p>
    </>
  );
}

const stepsOf = (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)}`;
