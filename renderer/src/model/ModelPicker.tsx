import { Popover } from '@base-ui/react/popover';
import type { LibraryModel } from '../../../electron/ipc/model-contract.js';
import { wordsFor } from '../error-words.js';
import { formatCount, formatPercent, formatSize } from '../format.js';
import { openModels, useModels } from '../models/models-store.js';
import { Icon, type IconName } from '../shell/icons.js';
import { keysOf } from '../shell/keys.js';
import { Tip } from '../shell/Tip.js';
import { isEngineAtWork } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { ModelFacts } from './ModelFacts.js';
import { currentModelName, fileName, modelName } from './model-label.js';

const NONE: readonly LibraryModel[] = [];

export const MODEL_PICKER_ID = 'model-picker';

/** The model's state in the header, and behind it everything that can be done about it. */
export function ModelPicker() {
  return (
    <Popover.Root>
      <Tip text={t('model.title')} keys={keysOf('openModelMenu')}>
        <Popover.Trigger id={MODEL_PICKER_ID} className="picker">
          <PickerFace />
          <Icon name="chevron" />
        </Popover.Trigger>
      </Tip>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="end" collisionPadding={8}>
          <Popover.Popup className="card model-card" aria-label={t('model.title')}>
            <ModelMenu />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Which model there is, and how it is. */
export function PickerFace() {
  const state = useApp(({ model }) => model.state);
  const name = useApp(({ model }) => currentModelName(model));
  const detail = useApp(({ model }) => {
    if (model.state === 'loading') return formatPercent(model.progress.fraction, 0);
    return model.state === 'ready' ? formatSize(model.residentBytes) : '';
  });
  const importing = useApp(({ model }) => model.state === 'loading' && model.progress.phase === 'import');
  const restarting = useApp(({ link }) => link.state === 'restarting');
  const lastName = useApp(({ model, link, lastModelPath }) => {
    if (lastModelPath === null) return null;
    if (model.state === 'failed') return fileName(lastModelPath);
    return link.state === 'restarting' ? modelName(fileName(lastModelPath)) : null;
  });
  return (
    <>
      <span className="sr-only">{t('model.title')}: </span>
      <span className="dot" data-state={state} />
      <span className="trunc">{name ?? lastName ?? t('model.choose')}</span>
      <span className="st">
        {state === 'loading' && (
          <Trans
            i18nKey={importing ? 'model.importing' : 'model.loading'}
            values={{ share: detail }}
            components={{ n: <span className="num" /> }}
          />
        )}
        {state === 'ready' && (
          <Trans i18nKey="model.loaded" values={{ bytes: detail }} components={{ n: <span className="num" /> }} />
        )}
        {state === 'failed' && <span className="bad">{t('model.failed')}</span>}
        {state === 'none' && restarting && t('model.restarting')}
      </span>
    </>
  );
}

function ModelMenu() {
  const isReady = useApp(({ model }) => model.state === 'ready');
  const isBusy = useApp(isEngineAtWork);
  const error = useApp(({ model }) => (model.state === 'failed' ? wordsFor(model.error).message : null));
  return (
    <>
      {error && <p className="menu-error">{error}</p>}
      <div className="model-menu">
        <ModelSwitch isBusy={isBusy} />
        <MenuItem icon="doc" name={t('model.openFile')} disabled={isBusy} onClick={() => actions.chooseModel('file')} />
        <MenuItem
          icon="folder"
          name={t('model.openFolder')}
          disabled={isBusy}
          onClick={() => actions.chooseModel('folder')}
        />
        <AllModels />
        {isReady && (
          <MenuItem icon="eject" name={t('model.eject')} disabled={isBusy} onClick={() => actions.ejectModel()} />
        )}
      </div>
      {isReady && <hr />}
      <ModelFacts />
    </>
  );
}

function AllModels() {
  const underWay = useModels(({ view }) => view?.downloads.length ?? 0);
  return (
    <MenuItem
      icon="save"
      name={t('model.all')}
      detail={underWay > 0 ? formatCount(underWay) : ''}
      disabled={false}
      onClick={() => openModels('library')}
    />
  );
}

/** The models at hand; the one that is loaded is marked. */
function ModelSwitch({ isBusy }: { isBusy: boolean }) {
  const models = useModels((state) => state.view?.library ?? NONE);
  const current = useApp(({ model }) => (model.state === 'ready' ? model.model.path : null));
  return (
    <ul className="model-switch" aria-label={t('model.onThisComputer')}>
      {models
        .filter(({ bytes }) => bytes !== null)
        .map(({ id, path, kind }) => (
          <li key={id}>
            <MenuItem
              icon={path === current ? 'check' : kind === 'folder' ? 'folder' : 'box'}
              name={modelName(fileName(path))}
              isCurrent={path === current}
              disabled={isBusy}
              onClick={() => actions.loadModel(path)}
            />
          </li>
        ))}
    </ul>
  );
}

interface MenuItemProps {
  icon: IconName;
  name: string;
  detail?: string;
  isCurrent?: boolean;
  disabled: boolean;
  onClick: () => void;
}

function MenuItem({ icon, name, detail, isCurrent, disabled, onClick }: MenuItemProps) {
  return (
    <Popover.Close className="srow" aria-current={isCurrent ? 'true' : undefined} disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
      <span className="grow">{name}</span>
      {detail && <span className="num">{detail}</span>}
    </Popover.Close>
  );
}
