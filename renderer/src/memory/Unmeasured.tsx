import type { Measuring } from '../../../electron/ipc/frames.js';
import { wordsFor } from '../error-words.js';
import { formatCount, formatDuration } from '../format.js';
import { Wording } from '../shell/Wording.js';
import { isBusy } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { ProgressBar } from './ProgressBar.js';

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
  const key = waits ? 'runningWaits' : msLeft === null ? 'running' : 'runningLeft';
  const duration = formatDuration(msLeft ?? 0);
  return (
    <>
      <p className="ln">
        <span role="status">
          <Trans
            i18nKey={`memory.measuring.${key}`}
            values={{ steps: stepsOf(done, total), duration }}
            components={{ n: <span className="num" />, f: <span className="faint" /> }}
          />
        </span>
        <button type="button" className="link" onClick={actions.stopMeasuring}>
          {t('memory.measuring.stop')}
        </button>
      </p>
      <ProgressBar label={t('memory.measuring.name')} done={done} total={total} />
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
          {wordsFor(measuring.error).message}
          <Wording error={measuring.error} />
        </p>
      )}
      <p className="ln">
        <span>
          {begun ? (
            <Trans
              i18nKey="memory.measuring.inPart"
              values={{ steps: stepsOf(done, total) }}
              components={{ n: <span className="num" /> }}
            />
          ) : (
            t('memory.measuring.notYet')
          )}
        </span>
        <button type="button" className="link" onClick={actions.measurePresets}>
          {t(begun ? 'memory.measuring.goOn' : 'memory.measuring.begin')}
        </button>
      </p>
      <p className="faint">{t('memory.measuring.inBackground')}</p>
    </>
  );
}

const stepsOf = (done: number, total: number) =>
  t('memory.partOf', { part: formatCount(done), all: formatCount(total) });
