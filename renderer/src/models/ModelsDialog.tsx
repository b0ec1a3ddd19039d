import { Dialog } from '@base-ui/react/dialog';
import { Tabs } from '@base-ui/react/tabs';
import { useRef } from 'react';
import { MODEL_PICKER_ID } from '../model/ModelPicker.js';
import { IconButton } from '../shell/IconButton.js';
import { isEngineAtWork } from '../store/comparison.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { CatalogList } from './CatalogList.js';
import { DownloadList } from './DownloadList.js';
import { HubAddress } from './HubAddress.js';
import { LibraryList } from './LibraryList.js';
import { type ModelsPage, useModels } from './models-store.js';
import { modelsActions } from './window-models.js';

const isPage = (value: unknown): value is ModelsPage => value === 'library' || value === 'catalog';

/** Every model that is here, under way or to be had. */
export function ModelsDialog() {
  const page = useModels((state) => state.page);
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root open={page !== null} onOpenChange={(open) => !open && modelsActions.close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="overlay-back" />
        <Dialog.Popup
          ref={popup}
          initialFocus={popup}
          finalFocus={() => document.getElementById(MODEL_PICKER_ID)}
          className="models"
          aria-label={t('models.title')}
        >
          <Tabs.Root
            value={page ?? 'library'}
            onValueChange={(value: unknown) => isPage(value) && modelsActions.showPage(value)}
          >
            <div className="models-head">
              <h2>{t('models.title')}</h2>
              <Tabs.List className="models-tabs" aria-label={t('models.title')}>
                <Tabs.Tab value="library">{t('models.library')}</Tabs.Tab>
                <Tabs.Tab value="catalog">{t('models.catalog')}</Tabs.Tab>
              </Tabs.List>
              <span className="grow" />
              <OpenFile />
              <IconButton icon="close" label={t('shell.close')} onClick={modelsActions.close} />
            </div>
            <DownloadList />
            <Tabs.Panel className="models-body" value="library">
              <LibraryList />
            </Tabs.Panel>
            <Tabs.Panel className="models-body" value="catalog">
              <CatalogList />
              <HubAddress />
            </Tabs.Panel>
          </Tabs.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function OpenFile() {
  const isBusy = useApp(isEngineAtWork);
  return (
    <>
      <button type="button" className="btn" disabled={isBusy} onClick={() => actions.chooseModel('file')}>
        {t('models.openFile')}
      </button>
      <button type="button" className="btn" disabled={isBusy} onClick={() => actions.chooseModel('folder')}>
        {t('models.openFolder')}
      </button>
    </>
  );
}
