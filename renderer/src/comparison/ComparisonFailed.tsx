import type { EngineErrorShape } from '../../../engine/errors.js';
import { WaysOut } from '../chat/ErrorNote.js';
import { wordsFor } from '../error-words.js';
import { Icon } from '../shell/icons.js';
import { Wording } from '../shell/Wording.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

interface FailedProps {
  error: EngineErrorShape;
  onTryAgain: () => void;
}

/** Why nothing, or no more, was compared. The chat is as it was. */
export function ComparisonFailed({ error, onTryAgain }: FailedProps) {
  const { title, message, ways } = wordsFor(error);
  return (
    <div className="note bad" role="alert">
      <Icon name="warn" />
      <div className="grow">
        <b>{title}</b> {message} {t('comparison.unchanged')}
        <WaysOut
          ways={ways}
          run={{
            tryAgain: onTryAgain,
            newChat: actions.newChat,
            chooseModel: () => void actions.chooseModel('file'),
            openLog: actions.openLog,
          }}
        />
        <Wording error={error} />
      </div>
    </div>
  );
}
