import { Tabs } from '@base-ui/react/tabs';
import { ChatTab } from '../assistants/ChatTab.js';
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
  value === 'memory' || value === 'model' || value === 'chat' || value === 'settings';

/** Memory, model and settings, on the right. */
export function SidePanel() {
  const tab = useApp((state) => state.panelTab);
  return (
    <Tabs.Root
      className="panel"
      render={<aside aria-label="Memory" />}
      value={tab}
      onValueChange={(value: unknown) => isPanelTab(value) && actions.showPanelTab(value)}
    >
      <div className="tabs">
        <Tabs.List aria-label="Panel">
          <Tabs.Tab value="memory">Memory</Tabs.Tab>
          <Tabs.Tab value="model">Model</Tabs.Tab>
          <Tabs.Tab value="chat">{t('assistants.chat.tab')}</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <IconButton
          icon="close"
          label="Close panel"
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
      <Tabs.Panel className="tab-body" value="chat">
        <ChatTab />
      </Tabs.Panel>
      <Tabs.Panel className="tab-body" value="settings">
        <SettingsTab />
      </Tabs.Panel>
      <MomentBar />
    </Tabs.Root>
  );
}
