import { useEffect } from 'react';
import { Hint } from '../shell/Hint.js';
import { IconButton } from '../shell/IconButton.js';
import { appStore, useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { traceSpan } from './bands.js';
import { ExportMenu } from './ExportMenu.js';
import { shownTrace } from './moment.js';
import { TimelineChart } from './TimelineChart.js';
import { TimelineTable } from './TimelineTable.js';

/** How the memory grew, turn by turn: to look at, to go back into, and to save. */
export function Timeline() {
  const trace = useApp(shownTrace);
  const isPlaying = useApp((state) => state.playing);
  usePlaying();
  return (
    <section className="sec" aria-label={t('timeline.title')}>
      <div className="sec-h">
        {t('timeline.title')}
        <Hint about={t('timeline.title')} side="left" text={t('timeline.about')} />
        <span className="right">
          <IconButton
            icon={isPlaying ? 'pause' : 'play'}
            label={t(isPlaying ? 'timeline.pause' : 'timeline.play')}
            aria-disabled={!trace}
            onClick={() => trace && actions.togglePlaying()}
          />
          <ExportMenu trace={trace} />
        </span>
      </div>
      {trace ? <TimelineChart trace={trace} /> : <NoTimeline />}
      {trace && <TimelineTable />}
    </section>
  );
}

function NoTimeline() {
  return (
    <div className="timeline-empty">
      <p>{t('timeline.nothingYet')}</p>
    </div>
  );
}

const STEP_MS = 100;
/** A trace plays as fast as it was recorded; a longer one in so much time. */
const LONGEST_MS = 20_000;

function usePlaying(): void {
  const isPlaying = useApp((state) => state.playing);
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => {
      const trace = shownTrace(appStore.getState());
      if (!trace) return;
      const { startMs, endMs } = traceSpan(trace);
      actions.playOn(STEP_MS * Math.max(1, (endMs - startMs) / LONGEST_MS));
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [isPlaying]);
}
