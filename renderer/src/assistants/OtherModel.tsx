import { currentModelName } from '../model/model-label.js';
import { openModels, useModels } from '../models/models-store.js';
import { loadUnlessBusy } from '../models/window-models.js';
import { isEngineAtWork } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { chatModelName, hasNamesake, otherModel, pathOfModel } from './chat-model.js';

/** Said at the composer where the chat was held with another model than the loaded one; nothing is switched by itself. */
export function OtherModel() {
  const own = useApp(otherModel);
  const isBegun = useApp(({ chats, currentChatId }) => chats[currentChatId].leafId !== null);
  const loaded = useApp(({ model }) => currentModelName(model));
  const isBusy = useApp(isEngineAtWork);
  const path = useModels(({ view }) => (own && view ? pathOfModel(own, view.library) : null));
  const isOfName = useModels(({ view }) => own !== null && view !== null && hasNamesake(own, view.library));
  if (!own || loaded === null) return null;
  const model = chatModelName(own);
  const key = isBegun ? 'held' : 'begun';
  const missing = isOfName ? (`${key}Namesake` as const) : (`${key}Gone` as const);
  return (
    <div className="fore other-model" role="status">
      <span>
        <Trans
          i18nKey={`assistants.other.${path === null ? missing : key}`}
          values={{ model }}
          components={{ b: <b /> }}
        />
      </span>
      {path === null ? (
        <button type="button" className="link" onClick={() => openModels('library')}>
          {t('assistants.other.models')}
        </button>
      ) : (
        <button type="button" className="link" disabled={isBusy} onClick={() => loadUnlessBusy(path)}>
          {t('assistants.other.load', { model })}
        </button>
      )}
      <button type="button" className="link" onClick={goOn}>
        {t('assistants.other.goOn', { model: loaded })}
      </button>
    </div>
  );
}

/** The line is gone then. */
function goOn(): void {
  actions.goOnWithLoaded();
  actions.focusInput();
}
