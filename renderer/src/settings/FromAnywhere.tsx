import { USUAL_QUICK_KEY } from '../../../electron/ipc/quick-key.js';
import { keysOf, writtenKeys } from '../shell/keys.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
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
    <section className="sec" aria-label={t('settings.anywhere.title')}>
      <div className="sec-h">
        {t('settings.anywhere.title')}
        <span className="right">
          <button type="button" className="link" onClick={() => actions.toggleDialog('keys')}>
            {t('settings.anywhere.allKeys', { keys: keysOf('showKeys') })}
          </button>
        </span>
      </div>
      <Toggle
        label={t('settings.anywhere.tray')}
        about={t('settings.anywhere.trayAbout')}
        isOn={trayIcon}
        onChange={(isOn) => actions.changeSettings({ trayIcon: isOn })}
      />
      <Toggle
        label={t('settings.anywhere.quickKey')}
        about={
          quickKey === null
            ? t('settings.anywhere.quickKeyOff', { keys: writtenKeys(USUAL_QUICK_KEY) })
            : t('settings.anywhere.quickKeyOn')
        }
        isOn={quickKey !== null}
        onChange={(isOn) => actions.changeSettings({ quickKey: isOn ? USUAL_QUICK_KEY : null })}
      />
      {quickKey !== null && <QuickKeyField keys={quickKey} />}
      {isTaken && <p className="cost warned">{t('settings.anywhere.taken')}</p>}
      <Refused of="quickKey" />
    </section>
  );
}
