import { useState } from 'react';
import type { LibraryModel } from '../../../electron/ipc/model-contract.js';
import { formatPercent, formatSize } from '../format.js';
import { fileName, modelName } from '../model/model-label.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { isEngineAtWork } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Failure } from './Failure.js';
import { LoadButton } from './LoadButton.js';
import { placeWords } from './model-words.js';
import { openModels, useModels } from './models-store.js';
import { modelsActions } from './window-models.js';

/** The models that are here. */
export function LibraryList() {
  const models = useModels((state) => state.view?.library ?? null);
  if (!models) return <p className="explain">Looking for models…</p>;
  return (
    <>
      <ul className="model-list" aria-label="Models on this computer">
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
      Larger models answer better.{' '}
      <button type="button" className="link" onClick={() => openModels('catalog')}>
        See which fit this computer
      </button>
      , or open a GGUF file or a safetensors folder that you have. Dropping it on this window does that, too.
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
            label={isLoaded ? `Eject ${name} to remove it` : `Remove ${name}`}
            disabled={isLoaded}
            onClick={() => setRemoving(true)}
          />
        )}
      </div>
      <p className="model-meta">
        {isGone ? 'The file is not there any more: ' : `${placeWords(model)} · `}
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
          <Icon name="check" /> Loaded
        </span>
        <button
          type="button"
          className="btn"
          aria-label={`Eject ${name}`}
          disabled={isBusy}
          onClick={actions.ejectModel}
        >
          Eject
        </button>
      </>
    );
  }
  if (state === 'loading') return <span className="model-state num">Loading {formatPercent(share, 0)}</span>;
  return <LoadButton path={model.path} name={name} />;
}

function Locate({ model }: { model: LibraryModel }) {
  if (model.place === 'bundled') return <span className="model-meta">Install the app again to have it back.</span>;
  return (
    <button type="button" className="btn" onClick={() => modelsActions.locate(model.id)}>
      Say where it is…
    </button>
  );
}

function Copy({ model, name }: { model: LibraryModel; name: string }) {
  const isCopying = useModels((state) => state.copying.includes(model.id));
  if (isCopying) return <span className="model-meta">Copying…</span>;
  if (model.place !== 'elsewhere' || model.bytes === null) return null;
  return (
    <IconButton
      icon="copy"
      label={`Copy ${name} into the app’s folder (${formatSize(model.bytes)})`}
      onClick={() => modelsActions.copy(model.id)}
    />
  );
}

function Removal({ model, name, onEnd }: { model: LibraryModel; name: string; onEnd: () => void }) {
  const isOurs = model.place === 'app' && model.bytes !== null;
  const way = isOurs ? 'Delete the file' : 'Take off the list';
  const remove = () => {
    onEnd();
    void modelsActions.remove(model.id);
  };
  return (
    <div className="note">
      <div className="grow">
        {isOurs
          ? `Its file is deleted, ${formatSize(model.bytes ?? 0)}. To have it back it must be downloaded again.`
          : 'It is taken off this list, and what was prepared of it is deleted. Your file stays where it is.'}
        <div className="go">
          <button type="button" className="btn pri" aria-label={`${way}: ${name}`} onClick={remove}>
            {way}
          </button>
          <button type="button" className="btn" onClick={onEnd}>
            Keep
          </button>
        </div>
      </div>
    </div>
  );
}
