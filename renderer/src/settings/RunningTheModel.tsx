import { t } from '../words.js';
import { ContextLength } from './ContextLength.js';
import { DeviceSetting } from './DeviceSetting.js';
import { PrecisionSetting } from './PrecisionSetting.js';
import { Threads } from './Threads.js';

export function RunningTheModel() {
  return (
    <section className="sec" aria-label={t('settings.running.title')}>
      <div className="sec-h">{t('settings.running.title')}</div>
      <ContextLength />
      <DeviceSetting />
      <Threads />
      <PrecisionSetting />
      <p className="words">{t('settings.running.about')}</p>
    </section>
  );
}
