import { useState } from 'react';
import type { LibraryModel } from '../../../electron/ipc/model-contract.js';
import { formatPercent, formatSize } from '../format.js';
import { fileName, modelName } from '../model/model-label.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { isEngineAtWork } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { Failure } from './Failure.js';
import { LoadButton } from './LoadButton.js';
import { placeWords } from './model-words.js';
import { openModels, useModels } from './models-store.js';
import { modelsActions } from './window-models.js';

/** The models that are here. */
export function LibraryList() {
  const models = useModels((state) => state.view?.library ?? null);
  if (!models) return <p className="explain">{t('models.looking')}</p>;
  return (
    <>
      <ul className="model-list" aria-label={t('model.onThisComputer')}>
        {models.map((model) => (
          <LibraryRow key={model.id} model={model} />
        ))}
      </ul>
      {models.length === 1 && <NothingElse />}
    </>
  );
}

function NothingElse() {
  return (
    <p className="explain">
      <Trans
        i18nKey="models.larger"
        components={{ a: <button type="button" className="link" onClick={() => openModels('catalog')} /> }}
      />
    </p>
  );
}

function LibraryRow({ model }: { model: LibraryModel }) {
  const [removing, setRemoving] = useState(false);
  const isLoaded = useApp((state) => state.model.state === 'ready' && state.model.model.path === model.path);
  const isGone = model.bytes === null;
  const name = modelName(fileName(model.path));
  return (
    <li className="model-row" data-gone={isGone ? '' : undefined}>
      <div className="model-line">
        <Icon name={isGone ? 'warn' : model.kind === 'folder' ? 'folder' : 'box'} />
        <span className="model-name trunc">{name}</span>
        <span className="grow" />
        {isGone ? <Locate model={model} /> : <LoadOrEject model={model} name={name} />}
        <Copy model={model} name={name} />
        {model.place !== 'bundled' && (
          <IconButton
            icon="trash"
            label={isLoaded ? t('models.row.ejectFirst', { name }) : t('models.row.remove', { name })}
            disabled={isLoaded}
            onClick={() => setRemoving(true)}
          />
        )}
      </div>
      <p className="model-meta">
        {isGone ? `${t('models.row.gone')} ` : `${placeWords(model)} · `}
        <span className="path">{model.path}</span>
      </p>
      {removing && <Removal model={model} name={name} onEnd={() => setRemoving(false)} />}
      <Failure about={model.id} />
    </li>
  );
}

function LoadOrEject({ model, name }: { model: LibraryModel; name: string }) {
  const isBusy = useApp(isEngineAtWork);
  const state = useApp(({ model: current }) => {
    if (current.state === 'ready') return current.model.path === model.path ? 'loaded' : 'other';
    return current.state === 'loading' && current.path === model.path ? 'loading' : 'other';
  });
  const share = useApp(({ model: current }) => (current.state === 'loading' ? current.progress.fraction : 0));
  if (state === 'loaded') {
    return (
      <>
        <span className="model-state">
          <Icon name="check" /> {t('models.loaded')}
        </span>
        <button
          type="button"
          className="btn"
          aria-label={t('models.ejectNamed', { name })}
          disabled={isBusy}
          onClick={actions.ejectModel}
        >
          {t('models.eject')}
        </button>
      </>
    );
  }
  if (state === 'loading')
    return <span className="model-state num">{t('models.loading', { share: formatPercent(share, 0) })}</span>;
  return <LoadButton path={model.path} name={name} />;
}

function Locate({ model }: { model: LibraryModel }) {
  if (model.place === 'bundled') return <span className="model-meta">{t('models.row.reinstall')}</span>;
  return (
    <button type="button" className="btn" onClick={() => modelsActions.locate(model.id)}>
      {t('models.row.locate')}
    </button>
  );
}

function Copy({ model, name }: { model: LibraryModel; name: string }) {
  const isCopying = useModels((state) => state.copying.includes(model.id));
  if (isCopying) return <span className="model-meta">{t('models.row.copying')}</span>;
  if (model.place !== 'elsewhere' || model.bytes === null) return null;
  return (
    <IconButton
      icon="copy"
      label={t('models.row.copy', { name, size: formatSize(model.bytes) })}
      onClick={() => modelsActions.copy(model.id)}
    />
  );
}

function Removal({ model, name, onEnd }: { model: LibraryModel; name: string; onEnd: () => void }) {
  const isOurs = model.place === 'app' && model.bytes !== null;
  const way = isOurs ? 'delete' : 'takeOff';
  const remove = () => {
    onEnd();
    void modelsActions.remove(model.id);
  };
  return (
    <div className="note">
      <div className="grow">
        {isOurs ? t('models.removal.ours', { size: formatSize(model.bytes ?? 0) }) : t('models.removal.yours')}
        <div className="go">
          <button
            type="button"
            className="btn pri"
            aria-label={t(`models.removal.${way}Named`, { name })}
            onClick={remove}
          >
            {t(`models.removal.${way}`)}
          </button>
          <button type="button" className="btn" onClick={onEnd}>
            {t('models.removal.keep')}
          </button>
        </div>
      </div>
    </div>
  );
}
