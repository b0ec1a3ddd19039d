import { openModels } from '../models/models-store.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { ModelFacts } from './ModelFacts.js';
import { currentModelName } from './model-label.js';

export function ModelTab() {
  const name = useApp(({ model }) => currentModelName(model));
  const path = useApp(({ model }) => (model.state === 'ready' ? model.model.path : null));
  if (!path) {
    return (
      <p className="explain">
        {name ? t('model.isLoading', { name }) : t('model.none')} <AllModels />
      </p>
    );
  }
  return (
    <section className="sec" aria-label={t('model.facts.label')}>
      <div className="sec-h">{name}</div>
      <ModelFacts />
      <p className="explain path">{path}</p>
      <p className="explain">
        <AllModels />
      </p>
    </section>
  );
}

function AllModels() {
  const isNarrow = useApp((state) => state.isNarrow);
  const open = () => {
    // A panel that is laid over the chat would take the keys of the window of models.
    if (isNarrow) actions.hide('panel');
    openModels('library');
  };
  return (
    <button type="button" className="link" onClick={open}>
      {t('model.all')}
    </button>
  );
}
