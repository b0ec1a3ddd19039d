import type { DeviceChoice } from '../../../engine/types.js';
import { DeviceFacts } from '../model/DeviceFacts.js';
import { useModels } from '../models/models-store.js';
import { Hint } from '../shell/Hint.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { Segments } from './Segments.js';

const CHOICES: readonly DeviceChoice[] = ['cpu', 'webgpu', 'auto'];

/** What the present model runs on, what of it is not used, and why. */
export function DeviceSetting() {
  const path = useApp(({ model }) =>
    model.state === 'ready' ? model.model.path : 'path' in model ? model.path : null,
  );
  const loaded = useApp(({ model }) => (model.state === 'ready' ? model.runtime.deviceChoice : null));
  const kept = useModels(({ view }) => view?.library.find((model) => model.path === path)?.device);
  if (path === null) return null;
  return (
    <>
      <div className="setting">
        {t('settings.device.title')}
        <Hint about={t('settings.device.title')} text={t('settings.device.hint')} />
      </div>
      <Segments
        label={t('settings.device.title')}
        options={CHOICES.map((value) => ({ value, name: t(`settings.device.choices.${value}`) }))}
        value={kept ?? loaded ?? 'cpu'}
        onChoose={actions.setDevice}
      />
      <DeviceFacts />
    </>
  );
}
