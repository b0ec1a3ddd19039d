import { useId } from 'react';
import type { CatalogFile, CatalogModel, CatalogView } from '../../../electron/ipc/model-contract.js';
import { formatCount, formatSize, formatTokens } from '../format.js';
import { choiceTitle } from '../memory/compression-words.js';
import { fileName, formatParameters } from '../model/model-label.js';
import { Hint } from '../shell/Hint.js';
import { Icon, type IconName } from '../shell/icons.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { Failure } from './Failure.js';
import { LoadButton } from './LoadButton.js';
import { type FitMark, fitWords } from './model-words.js';
import { CATALOG } from './models-actions.js';
import { CONTEXTS, useModels } from './models-store.js';
import { modelsActions } from './window-models.js';

/** What could be downloaded, and whether it fits this computer. */
export function CatalogList() {
  const catalog = useModels((state) => state.catalog);
  return (
    <>
      <ContextChoice />
      <Failure about={CATALOG}>
        <button type="button" className="btn pri" onClick={modelsActions.readCatalog}>
          {t('models.tryAgain')}
        </button>
      </Failure>
      <p className="explain">{t('models.triedAbout')}</p>
      {catalog && (
        <ul className="model-list" aria-label={t('models.toDownload')}>
          {catalog.models.map((model) => (
            <CatalogRow key={model.id} model={model} memory={catalog.memory} />
          ))}
        </ul>
      )}
    </>
  );
}

function ContextChoice() {
  const chosen = useModels((state) => state.contextTokens);
  const compression = useApp((state) => state.compression);
  const group = useId();
  return (
    <div className="context-choice">
      <span>{t('models.context.for')}</span>
      <fieldset className="segments">
        <legend className="sr-only">{t('models.context.legend')}</legend>
        {CONTEXTS.map((tokens) => (
          <label key={tokens}>
            <input
              type="radio"
              name={group}
              checked={chosen === tokens}
              onChange={() => modelsActions.chooseContext(tokens)}
            />
            <span className="num">{formatCount(tokens)}</span>
          </label>
        ))}
      </fieldset>
      <span>
        {compression
          ? t('models.context.tokensUnder', { compression: choiceTitle(compression) })
          : t('models.context.tokens')}
      </span>
      <Hint about={t('models.context.about')} text={t('models.context.hint')} />
    </div>
  );
}

function CatalogRow({ model, memory }: { model: CatalogModel; memory: CatalogView['memory'] }) {
  return (
    <li className="model-row">
      <div className="model-line">
        <span className="model-name">{model.name}</span>
        {model.tried && <span className="tried">{t('models.tried')}</span>}
        <span className="model-meta grow">
          <Trans
            i18nKey="models.modelFacts"
            values={{
              parameters: formatParameters(model.parameters),
              layers: model.layers,
              context: formatTokens(model.contextLength),
              licence: model.licence.name,
            }}
            components={{
              a: <button type="button" className="link" onClick={() => actions.openExternal(model.licence.url)} />,
            }}
          />
        </span>
      </div>
      <p className="about">{t(`models.about.${model.id}`)}</p>
      {model.files.map((file) => (
        <FileRow key={file.id} file={file} name={`${model.name} ${file.quantization}`} memory={memory} />
      ))}
    </li>
  );
}

const MARKS: Readonly<Record<FitMark, IconName>> = { fits: 'check', tight: 'warn', no: 'close', unknown: 'info' };

function FileRow({ file, name, memory }: { file: CatalogFile; name: string; memory: CatalogView['memory'] }) {
  const { mark, title, reason } = fitWords(file, memory);
  return (
    <div className="file-row">
      <span className="num quantization">{file.quantization}</span>
      <span className="grow">
        <span className="fit" data-fit={mark}>
          <Icon name={MARKS[mark]} />
          {title}
        </span>
        <span className="model-meta num">{reason}</span>
        {!file.hasHash && <span className="model-meta">{t('models.check.unknown')}</span>}
      </span>
      <FileAction file={file} name={name} />
      <Failure about={file.id} />
    </div>
  );
}

function FileAction({ file, name }: { file: CatalogFile; name: string }) {
  const path = useModels(
    ({ view }) =>
      view?.library.find((model) => fileName(model.path) === file.file && model.bytes !== null)?.path ?? null,
  );
  const isUnderWay = useModels(({ view }) => view?.downloads.some(({ id }) => id === file.id) ?? false);
  const isLoaded = useApp(({ model }) => path !== null && model.state === 'ready' && model.model.path === path);
  if (isUnderWay) return <span className="model-state">{t('models.underWay')}</span>;
  if (isLoaded) return <span className="model-state">{t('models.loaded')}</span>;
  if (path !== null) return <LoadButton path={path} name={name} />;
  const size = formatSize(file.bytes);
  return (
    <button
      type="button"
      className="btn"
      aria-label={t('models.download', { name, size })}
      title={`${file.repository}: ${file.file}`}
      onClick={() => modelsActions.download(file.id)}
    >
      <Icon name="save" />
      <span className="num">{size}</span>
    </button>
  );
}
