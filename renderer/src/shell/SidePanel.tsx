import { Tabs } from '@base-ui/react/tabs';
import { MemoryTab } from '../memory/MemoryTab.js';
import { ModelTab } from '../model/ModelTab.js';
import { SettingsTab } from '../settings/SettingsTab.js';
import type { PanelTab } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { MomentBar } from '../timeline/MomentBar.js';
import { t } from '../words.js';
import { IconButton } from './IconButton.js';
import { keysOf } from './keys.js';

const isPanelTab = (value: unknown): value is PanelTab =>
  value === 'memory' || value === 'model' || value === 'settings';

/** Memory, model and settings, on the right. */
export function SidePanel() {
  const tab = useApp((state) => state.panelTab);
  return (
    <Tabs.Root
      className="panel"
      render={<aside aria-label={t('shell.panel.tabs.memory')} />}
      value={tab}
      onValueChange={(value: unknown) => isPanelTab(value) && actions.showPanelTab(value)}
    >
      <div className="tabs">
        <Tabs.List aria-label={t('shell.panel.name')}>
          <Tabs.Tab value="memory">{t('shell.panel.tabs.memory')}</Tabs.Tab>
          <Tabs.Tab value="model">{t('shell.panel.tabs.model')}</Tabs.Tab>
          <Tabs.Tab value="settings">{t('shell.panel.tabs.settings')}</Tabs.Tab>
        </Tabs.List>
        <IconButton
          icon="close"
          label={t('shell.panel.close')}
          keys={keysOf('togglePanel')}
          onClick={() => actions.hide('panel')}
        />
      </div>
      <Tabs.Panel className="tab-body" value="memory">
        <MemoryTab />
      </Tabs.Panel>
      <Tabs.Panel className="tab-body" value="model">
        <ModelTab />
      </Tabs.Panel>
      <Tabs.Panel className="tab-body" value="settings">
        <SettingsTab />
      </Tabs.Panel>
      <MomentBar />
    </Tabs.Root>
  );
}
