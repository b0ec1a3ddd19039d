import { useEffect } from 'react';
import { openChatTab } from '../assistants/open.js';
import { wordsFor } from '../error-words.js';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMachineMemory,
  formatPercent,
  formatTokens,
} from '../format.js';
import { usualCacheWords } from '../memory/value-types.js';
import { Hint } from '../shell/Hint.js';
import { keysOf } from '../shell/keys.js';
import type { AppState } from '../store/state.js';
import { appStore, useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { MARKS } from './marks.js';

/** Typing pauses so long before its forecast is asked for. */
const REST_MS = 300;

/** The quiet line above the box: what is being loaded, or why a message was not sent yet. */
export function Forecast() {
  const hint = useApp((state) => state.hint);
  const progress = useApp(({ model }) => (model.state === 'loading' ? model.progress : null));
  if (hint) {
    return (
      <div className="fore" role="status">
        {t(`chat.forecast.hints.${hint}`, { key: keysOf('send') })}
      </div>
    );
  }
  if (!progress) return <DraftOutlook />;
  const { bytesDone, bytesTotal, fraction } = progress;
  const phase = t(`chat.forecast.phases.${progress.phase}`);
  return (
    <div className="fore loading">
      <Trans
        i18nKey={bytesTotal > 0 ? 'chat.forecast.loadingLineWithSize' : 'chat.forecast.loadingLine'}
        values={{ phase, done: formatCount(bytesDone / 1e6), total: formatCount(bytesTotal / 1e6) }}
        components={MARKS}
      />
      <div
        className="prog"
        role="progressbar"
        aria-label={t('chat.forecast.loading')}
        aria-valuenow={Math.round(fraction * 100)}
        aria-valuetext={formatPercent(fraction, 0)}
      >
        <i style={{ width: `${fraction * 100}%` }} />
      </div>
    </div>
  );
}

/** What the draft would come to, as soon as typing rests. */
function DraftOutlook() {
  const outlook = useApp((state) => state.outlook);
  const memoryNow = useApp(({ kv }) => kv?.bytesInUse ?? 0);
  useFreshOutlook();
  if (!outlook) return null;
  if ('error' in outlook) {
    const { title, message, ways } = wordsFor(outlook.error);
    return (
      <div className="fore warn">
        <span>
          {title} {message}{' '}
        </span>
        {ways.includes('editSystemPrompt') && (
          <button type="button" className="link" onClick={openChatTab}>
            {t('chat.ways.editSystemPrompt')}
          </button>
        )}
      </div>
    );
  }
  const { forecast, freeBytes } = outlook;
  const excess = forecast.promptTokens + 1 - forecast.contextLength;
  if (excess > 0) {
    return (
      <div className="fore warn">
        <span>
          <Trans
            i18nKey="chat.forecast.tooLong"
            values={{ tokens: formatTokens(excess), limit: formatCount(forecast.contextLength) }}
            components={MARKS}
          />
        </span>
      </div>
    );
  }
  const time = forecast.firstTokenMs;
  const isTooLarge = forecast.kvBytes - memoryNow > freeBytes;
  return (
    <div className={isTooLarge ? 'fore warn' : 'fore'}>
      <span>
        <Trans
          i18nKey={time === null ? 'chat.forecast.outlookWithoutTime' : 'chat.forecast.outlook'}
          values={{
            tokens: formatTokens(forecast.promptTokens - forecast.reusedTokens),
            memory: formatBytes(forecast.kvBytes),
            usual: formatBytes(forecast.fullFp16Bytes),
            time: formatDuration(time ?? 0),
          }}
          components={MARKS}
        />{' '}
        {isTooLarge ? t('chat.forecast.tooLarge', { free: formatBytes(freeBytes) }) : t('chat.forecast.fits')}{' '}
      </span>
      <Hint
        about={t('chat.forecast.about')}
        text={t('chat.forecast.explained', { usualCache: usualCacheWords(), free: formatMachineMemory(freeBytes) })}
      />
    </div>
  );
}

const draftAndMore = ({ drafts, currentChatId, compression, model, running, kvChatId, messages }: AppState) =>
  [drafts[currentChatId], currentChatId, compression, model.state, running, kvChatId, messages] as const;

function useFreshOutlook(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const askSoon = () => {
      clearTimeout(timer);
      timer = setTimeout(actions.forecast, REST_MS);
    };
    askSoon();
    const stop = appStore.subscribe((state, before) => {
      const [now, then] = [draftAndMore(state), draftAndMore(before)];
      // While an answer is written, its messages change with every token.
      const last = state.running ? now.length - 1 : now.length;
      if (now.slice(0, last).some((part, i) => part !== then[i])) askSoon();
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
}
