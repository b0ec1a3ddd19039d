import { Dialog } from '@base-ui/react/dialog';
import { useRef } from 'react';
import { SHORTCUT_GROUPS, SHORTCUTS, type ShortcutName } from '../../../electron/ipc/shortcuts.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { IconButton } from './IconButton.js';
import { keyCaps, keysOf } from './keys.js';

const NAMES = Object.keys(SHORTCUTS) as ShortcutName[];

/** All keys, laid over the window. */
export function KeySheet() {
  const isOpen = useApp((state) => state.dialog === 'keys');
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root open={isOpen} onOpenChange={(next) => !next && actions.closeDialog()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="overlay-back" />
        <Dialog.Popup ref={popup} initialFocus={popup} className="card sheet">
          <div className="sheet-h">
            <Dialog.Title className="grow">{t('shell.shortcuts.showKeys')}</Dialog.Title>
            <IconButton icon="close" label={t('shell.close')} keys={keysOf('stop')} onClick={actions.closeDialog} />
          </div>
          <div className="sheet-groups">
            {SHORTCUT_GROUPS.map((group) => (
              <section key={group}>
                <h3>{t(`shell.shortcutGroups.${group}`)}</h3>
                <dl>
                  {NAMES.filter((name) => SHORTCUTS[name].group === group).map((name) => (
                    <div key={name}>
                      <dt>{t(`shell.shortcuts.${name}`)}</dt>
                      <dd>
                        <Caps name={name} />
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Caps({ name }: { name: ShortcutName }) {
  return (
    <>
      <span className="sr-only">{keysOf(name)}</span>
      <span aria-hidden="true">
        {keyCaps(name).map((cap) => (
          <kbd key={cap}>{cap}</kbd>
        ))}
      </span>
    </>
  );
}
