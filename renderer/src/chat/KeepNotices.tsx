import { wordsFor } from '../error-words.js';
import { formatCount } from '../format.js';
import { FailureNote } from '../shell/FailureNote.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { closing } from './closing.js';
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
        <Trans
          i18nKey={lostRows ? 'chat.keep.partlyRescued' : 'chat.keep.rescued'}
          values={{ chats: formatCount(chats), messages: formatCount(messages), setAside }}
          components={{ b: <b />, n: <span className="num" /> }}
        />
      </div>
      <IconButton icon="close" label={t('shell.closeNotice')} onClick={closing(actions.closeRescue)} />
    </div>
  );
}
