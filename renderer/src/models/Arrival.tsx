import { fileName, modelName } from '../model/model-label.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { isEngineAtWork } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { t } from '../words.js';
import { useModels } from './models-store.js';
import { loadUnlessBusy, modelsActions } from './window-models.js';

/** Tells of a model that was downloaded, in the window of models and, while that is closed, above the composer. */
export function Arrival() {
  return (
    <div role="status">
      <Arrived />
    </div>
  );
}

export function ArrivalNotice() {
  const isTold = useModels((state) => state.page === null && state.arrived !== null);
  if (!isTold) return null;
  return (
    <div className="arrival">
      <Arrival />
    </div>
  );
}

function Arrived() {
  const path = useModels((state) => state.arrived);
  const isBusy = useApp(isEngineAtWork);
  if (path === null) return null;
  const name = modelName(fileName(path));
  const load = () => {
    loadUnlessBusy(path);
    modelsActions.closeArrived();
  };
  return (
    <div className="note arrived">
      <Icon name="check" />
      <div className="grow">
        <b>{t('models.arrived.title', { name })}</b> {t('models.arrived.detail')}
      </div>
      <button type="button" className="btn pri" disabled={isBusy} onClick={load}>
        {t('models.load')}
      </button>
      <IconButton icon="close" label={t('shell.closeNotice')} onClick={modelsActions.closeArrived} />
    </div>
  );
}
