import { ModelPicker } from '../model/ModelPicker.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { IconButton } from './IconButton.js';
import { modKeys } from './keys.js';

export function Header({ hasStrip }: { hasStrip: boolean }) {
  const title = useApp((state) => state.chats[state.currentChatId].title || 'New chat');
  const panelOpen = useApp((state) => state.panelOpen);
  return (
    <header className="head">
      <h1 className="grow trunc" title={title}>
        {title}
      </h1>
      <ModelPicker />
      {!hasStrip && (
        <IconButton
          icon="panel"
          label="Memory panel"
          keys={modKeys('M')}
          aria-pressed={panelOpen}
          onClick={actions.togglePanel}
        />
      )}
    </header>
  );
}
