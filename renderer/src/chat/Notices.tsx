import { exitWords } from '../../../electron/ipc/exit-words.js';
import { wordsFor } from '../error-words.js';
import { fileName } from '../model/model-label.js';
import { useModels } from '../models/models-store.js';
import { FailureNote } from '../shell/FailureNote.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { showsComparison } from '../store/comparison.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { ContextNearlyFull, isContextNearlyFull } from './ContextLimit.js';
import { closing } from './closing.js';
import { WaysOut } from './ErrorNote.js';
import { KeepFailed, Rescued } from './KeepNotices.js';
import { MARKS } from './marks.js';
import { Rereading } from './Rereading.js';

/** What concerns the whole chat, above the composer: the engine, the model, the context. */
export function Notices() {
  const which = useApp(firstNotice);
  if (which === null) return null;
  return (
    <div className="notices">
      {which === 'down' && <EngineDown />}
      {which === 'crash' && <EngineRestarted />}
      {which === 'model' && <ModelFailed />}
      {which === 'reread' && <Rereading />}
      {which === 'file' && <FileFailed />}
      {which === 'keep' && <KeepFailed />}
      {which === 'rescue' && <Rescued />}
      {which === 'context' && <ContextNearlyFull />}
    </div>
  );
}

type Notice = 'keep' | 'rescue' | 'down' | 'crash' | 'model' | 'reread' | 'file' | 'context';

function firstNotice(state: AppState): Notice | null {
  if (state.keepError) return 'keep';
  if (state.link.state === 'down') return 'down';
  if (state.crash) return 'crash';
  if (tellsModelFailure(state)) return 'model';
  if (state.fileError) return 'file';
  if (state.rescue) return 'rescue';
  if (state.reread) return 'reread';
  return isContextNearlyFull(state) && !showsComparison(state) ? 'context' : null;
}

/** As long as nobody has read it, and in a chat that waits for a model. */
function tellsModelFailure(state: AppState): boolean {
  const { model, modelCallError, modelFailureClosed } = state;
  if (model.state !== 'failed' && !modelCallError) return false;
  return !modelFailureClosed || isAwaited(state);
}

function isAwaited({ queued, currentChatId }: AppState): boolean {
  return queued.some(({ chatId }) => chatId === currentChatId);
}

function EngineDown() {
  const reason = useApp(({ link }) => (link.state === 'down' ? exitWords(link.exit) : ''));
  const path = useApp((state) => state.lastModelPath);
  return (
    <div className="note bad" role="alert">
      <Icon name="warn" />
      <div className="grow">
        <Trans i18nKey="chat.engine.down" values={{ reason }} components={MARKS} />
        <div className="go">
          <button type="button" className="btn pri" onClick={() => actions.loadModel(path)}>
            {t('chat.engine.startAgain')}
          </button>
          <button type="button" className="btn" onClick={() => actions.chooseModel('file')}>
            {t('chat.ways.chooseModel')}
          </button>
          <button type="button" className="link" onClick={actions.openLog}>
            {t('chat.ways.openLog')}
          </button>
        </div>
      </div>
    </div>
  );
}

function EngineRestarted() {
  const crash = useApp((state) => state.crash);
  const isBack = useApp((state) => state.link.state === 'running');
  const canAnswerAgain = useApp(({ chats, currentChatId, crash: current }) => {
    const last = chats[currentChatId].messageIds.at(-1);
    return current !== null && last !== undefined && last === current.answerId;
  });
  if (!crash) return null;
  return (
    <div className="note bad" role="alert">
      <Icon name="warn" />
      <div className="grow">
        <Trans
          i18nKey={isBack ? 'chat.engine.restarted' : 'chat.engine.restarting'}
          values={{ reason: exitWords(crash.exit) }}
          components={MARKS}
        />
        <div className="go">
          {canAnswerAgain && (
            <button type="button" className="btn pri" onClick={actions.regenerate}>
              {t('chat.engine.readAgain')}
            </button>
          )}
          <button type="button" className="link" onClick={actions.openLog}>
            {t('chat.ways.openLog')}
          </button>
        </div>
      </div>
      <IconButton icon="close" label={t('shell.closeNotice')} onClick={closing(actions.closeCrash)} />
    </div>
  );
}

function ModelFailed() {
  const error = useApp(({ model, modelCallError }) => (model.state === 'failed' ? model.error : modelCallError));
  const path = useApp(({ model }) => (model.state === 'failed' ? model.path : null));
  const lastPath = useApp((state) => state.lastModelPath);
  const canClose = useApp((state) => !isAwaited(state));
  const kept = useModels(({ view }) => view?.library.find((model) => model.path === path)?.device);
  const isMeantForDevice = kept !== undefined && kept !== 'cpu';
  if (!error) return null;
  // The settings may know nothing of a model that was never loaded.
  const isForDevice = error.code.startsWith('DEVICE_') || (error.code === 'OUT_OF_MEMORY' && isMeantForDevice);
  const { message, ways } = wordsFor(error);
  return (
    <FailureNote
      error={error}
      onClose={canClose ? closing(actions.closeModelFailure) : undefined}
      about={path && !message.includes(path) && <span className="muted">{fileName(path)}: </span>}
    >
      <WaysOut
        ways={ways}
        run={{
          tryAgain: () => void actions.loadModel(lastPath),
          ...(isForDevice && { onProcessor: () => void actions.setDevice('cpu') }),
          editMessage: actions.focusInput,
          newChat: actions.newChat,
          chooseModel: () => void actions.chooseModel('file'),
          defaultModel: () => void actions.loadModel(null),
          openLog: actions.openLog,
        }}
      />
    </FailureNote>
  );
}

/** A trace, an export, or the chats or assistants where they are kept. */
function FileFailed() {
  const error = useApp((state) => state.fileError);
  if (!error) return null;
  return (
    <FailureNote error={error} onClose={closing(actions.closeFileError)}>
      <WaysOut
        ways={wordsFor(error).ways}
        run={{ openData: () => actions.openFolder('data'), openLog: actions.openLog }}
      />
    </FailureNote>
  );
}
