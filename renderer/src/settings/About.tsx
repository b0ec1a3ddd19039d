import { formatCount } from '../format.js';
import { useApp } from '../store/store.js';
import { t } from '../words.js';
import { Licences } from './Licences.js';
import { UpdateCheck } from './UpdateCheck.js';

export function About() {
  const info = useApp((state) => state.appInfo);
  if (!info) return null;
  return (
    <section className="sec" aria-label={t('settings.about.title')}>
      <div className="sec-h">{t('settings.about.title')}</div>
      <dl className="figures">
        <div>
          <dt>Pyramid Chat</dt>
          <dd className="num">{info.version}</dd>
        </div>
        <div>
          <dt>Electron</dt>
          <dd className="num">{info.electronVersion}</dd>
        </div>
        <div>
          <dt>{t('settings.about.processor')}</dt>
          <dd>
            {t(info.lacksAvx2 ? 'settings.about.processorSlow' : 'settings.about.processorIs', {
              count: info.cores,
              name: info.cpuModel || t('settings.about.unknownProcessor'),
              cores: formatCount(info.cores),
            })}
          </dd>
        </div>
      </dl>
      <p className="explain">
        <Licences />
      </p>
      <UpdateCheck />
    </section>
  );
}
