import { formatDay, formatMoment } from '../format.js';
import { modelName } from '../model/model-label.js';
import { IconButton } from '../shell/IconButton.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { SurvivalView } from '../survival/SurvivalView.js';
import { t } from '../words.js';
import { messageCount, traceSpan } from './bands.js';

/** A trace that was opened: its text, read only, in the chat's place. */
export function Replay() {
  const replay = useApp((state) => state.replay);
  if (!replay) return null;
  const { model, createdAt } = replay.trace;
  const { startMs, endMs } = traceSpan(replay.trace);
  return (
    <div className="replay">
      <header className="replay-head">
        <div className="grow">
          <b className="strong">{t('timeline.replay')}</b> <span className="muted">{modelName(model.file)}</span>
          <p className="faint">
            {t('timeline.recorded', {
              day: formatDay(new Date(createdAt)),
              messages: messageCount(replay.trace),
              duration: formatMoment(endMs - startMs),
            })}
          </p>
        </div>
        <IconButton icon="close" label={t('timeline.closeReplay')} onClick={actions.closeReplay} />
      </header>
      <SurvivalView />
    </div>
  );
}
