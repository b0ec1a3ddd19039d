import { USUAL_QUICK_KEY } from '../../../electron/ipc/quick-key.js';
import { keysOf, writtenKeys } from '../shell/keys.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { QuickKeyField } from './QuickKeyField.js';
import { Refused } from './Refused.js';
import { Toggle } from './Toggle.js';

/** Ways to the app while its window is out of sight; and all keys in it. */
export function FromAnywhere() {
  const settings = useApp((state) => state.settings);
  const isTaken = useApp((state) => state.appInfo?.quickKeyTaken ?? false);
  if (!settings) return null;
  const { trayIcon, quickKey } = settings;
  return (
    <section className="sec" aria-label="Keys and tray">
      <div className="sec-h">
        Keys and tray
        <span className="right">
          <button type="button" className="link" onClick={() => actions.toggleDialog('keys')}>
            All keys ({keysOf('showKeys')})
          </button>
        </span>
      </div>
      <Toggle
        label="Icon in the tray"
        about="Closing the window then keeps Pyramid Chat running; the icon brings it back."
        isOn={trayIcon}
        onChange={(isOn) => actions.changeSettings({ trayIcon: isOn })}
      />
      <Toggle
        label="New chat from anywhere"
        about={
          quickKey === null
            ? `By ${writtenKeys(USUAL_QUICK_KEY)}, whatever program you are in; other keys can be chosen.`
            : 'Whatever program you are in, these keys bring this window with a new chat.'
        }
        isOn={quickKey !== null}
        onChange={(isOn) => actions.changeSettings({ quickKey: isOn ? USUAL_QUICK_KEY : null })}
      />
      {quickKey !== null && <QuickKeyField keys={quickKey} />}
      {isTaken && <p className="cost warned">Another program has these keys now: they do nothing here.</p>}
      <Refused of="quickKey" />
    </section>
  );
}
