import { wordsFor } from '../error-words.js';
import { formatCount } from '../format.js';
import { FailureNote } from '../shell/FailureNote.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { WaysOut } from './ErrorNote.js';

/** What came since is in memory only. It is tried again by itself, too. */
export function KeepFailed() {
  const error = useApp((state) => state.keepError);
  if (!error) return null;
  return (
    <FailureNote error={error}>
      <WaysOut ways={wordsFor(error).ways} run={{ tryAgain: actions.retryKeeping, openLog: actions.openLog }} />
    </FailureNote>
  );
}

/** The file was found damaged when the app started. */
export function Rescued() {
  const rescue = useApp((state) => state.rescue);
  if (!rescue) return null;
  const { chats, messages, lostRows, setAside } = rescue;
  return (
    <div className="note warn" role="alert">
      <Icon name="warn" />
      <div className="grow">
        <b>The file with your chats was damaged.</b> <span className="num">{formatCount(chats)}</span> chats with{' '}
        <span className="num">{formatCount(messages)}</span> messages were recovered
        {lostRows ? '; some could not be read' : ', as far as can be told all'}. The damaged file stays as {setAside}.
      </div>
      <IconButton icon="close" label="Close this notice" onClick={actions.closeRescue} />
    </div>
  );
}
