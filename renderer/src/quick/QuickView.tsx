import { Composer } from '../chat/Composer.js';
import { Notices } from '../chat/Notices.js';
import { Thread } from '../chat/Thread.js';
import { PickerFace } from '../model/ModelPicker.js';
import { IconButton } from '../shell/IconButton.js';
import { Mark } from '../shell/icons.js';
import { keysOf } from '../shell/keys.js';
import { TipHost } from '../shell/Tip.js';
import { Toast } from '../shell/Toast.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

/** All of the window while it is the small one: what is asked, and the answer below it. */
export function QuickView() {
  const title = useApp((state) => state.chats[state.currentChatId].title || t('shell.shortcuts.newChat'));
  return (
    <main className="quick">
      <header className="head">
        <Mark />
        <h1 className="grow trunc" dir="auto" title={title}>
          {title}
        </h1>
        <span className="picker">
          <PickerFace />
        </span>
        <IconButton
          icon="plus"
          label={t('shell.shortcuts.newChat')}
          keys={keysOf('newChat')}
          onClick={actions.newChat}
        />
        <IconButton
          icon="whole"
          label={t('shell.shortcuts.openWhole')}
          keys={keysOf('openWhole')}
          onClick={() => actions.leaveQuick('whole')}
        />
      </header>
      <Composer />
      <div>
        <Toast />
        <Notices />
      </div>
      <Thread />
      <TipHost />
    </main>
  );
}
