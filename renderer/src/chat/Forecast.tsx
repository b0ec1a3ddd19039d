import { useEffect } from 'react';
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
import type { AppState } from '../store/state.js';
import { appStore, useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';

/** Typing pauses so long before its forecast is asked for. */
const REST_MS = 300;

const HINT_WORDS = {
  stillReading: 'Still reading what you attached. Press Enter again when that is done.',
  stillAnswering: 'Still comparing. Your text is kept; Enter sends it when the comparison is done.',
} as const;

/** The quiet line above the box: what is being loaded, or why a message was not sent yet. */
export function Forecast() {
  const hint = useApp((state) => state.hint);
  const progress = useApp(({ model }) => (model.state === 'loading' ? model.progress : null));
  if (hint) {
    return (
      <div className="fore" role="status">
        {HINT_WORDS[hint]}
      </div>
    );
  }
  if (!progress) return <DraftOutlook />;
  const { phase, bytesDone, bytesTotal, fraction } = progress;
  const doing = { check: 'Checking the model', import: 'Preparing the model, once', load: 'Reading weights' }[phase];
  return (
    <div className="fore loading">
      {doing}
      {bytesTotal > 0 && (
        <>
          {', '}
          <span className="num">{loadedOf(bytesDone, bytesTotal)}</span>
        </>
      )}
      . You can write already; it is sent when the model is ready.
      <div
        className="prog"
        role="progressbar"
        aria-label="Loading the model"
        aria-valuenow={Math.round(fraction * 100)}
        aria-valuetext={formatPercent(fraction, 0)}
      >
        <i style={{ width: `${fraction * 100}%` }} />
      </div>
    </div>
  );
}

function loadedOf(done: number, total: number): string {
  return `${Math.round(done / 1e6)} of ${Math.round(total / 1e6)} MB`;
}

/** What the draft would come to, as soon as typing rests. */
function DraftOutlook() {
  const outlook = useApp((state) => state.outlook);
  const memoryNow = useApp(({ kv }) => kv?.bytesInUse ?? 0);
  useFreshOutlook();
  if (!outlook) return null;
  if ('error' in outlook) return <div className="fore warn">{outlook.error.message}</div>;
  const { forecast, freeBytes } = outlook;
  const excess = forecast.promptTokens + 1 - forecast.contextLength;
  if (excess > 0) {
    return (
      <div className="fore warn">
        <span>
          <span className="num">{formatTokens(excess)}</span> too long for the context, which has room for{' '}
          <span className="num">{formatCount(forecast.contextLength)}</span>.
        </span>
      </div>
    );
  }
  const isTooLarge = forecast.kvBytes - memoryNow > freeBytes;
  return (
    <div className={isTooLarge ? 'fore warn' : 'fore'}>
      <span>
        <span className="num">{formatTokens(forecast.promptTokens - forecast.reusedTokens)}</span> to read, memory then{' '}
        <span className="num">{formatBytes(forecast.kvBytes)}</span>
        <span className="faint">
          {' '}
          (usual <span className="num">{formatBytes(forecast.fullFp16Bytes)}</span>)
        </span>
        {', '}
        {forecast.firstTokenMs === null ? (
          'time not known yet'
        ) : (
          <>
            first word in about <span className="num">{formatDuration(forecast.firstTokenMs)}</span>
          </>
        )}
        {isTooLarge ? `. This computer has only ${formatBytes(freeBytes)} free.` : '. It fits the context.'}{' '}
      </span>
      <Hint
        about="Forecast"
        text={`A token is a piece of a word. They are counted by the engine for this text, with the marks that the model’s template adds, and the memory under the chosen compression. ${usualCacheWords()} The time goes by what this computer took for the prompts before. ${formatMachineMemory(freeBytes)} of its memory are free.`}
      />
    </div>
  );
}

const draftAndMore = ({ drafts, currentChatId, compression, model, running, messages }: AppState) =>
  [drafts[currentChatId], currentChatId, compression, model.state, running, messages] as const;

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
