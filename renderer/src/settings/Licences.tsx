import { useEffect, useState } from 'react';
import { formatCount } from '../format.js';
import { IconButton } from '../shell/IconButton.js';
import { Overlay } from '../shell/Overlay.js';
import { t } from '../words.js';

/** As the build writes them into licences.json, beside the page. */
interface Licence {
  name: string;
  version: string;
  licence: string;
  text: string;
}

/** What others made that is in the app, each with its licence. */
export function Licences() {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <button type="button" className="link" onClick={() => setOpen(true)}>
        {t('settings.licences.title')}
      </button>
      <Overlay label={t('settings.licences.title')} side="right" open={open} onClose={close}>
        <div className="licences">
          <div className="sec-h">
            {t('settings.licences.title')}
            <IconButton icon="close" label={t('settings.licences.close')} onClick={close} />
          </div>
          {open && <LicenceList />}
        </div>
      </Overlay>
    </>
  );
}

function LicenceList() {
  const [licences, setLicences] = useState<readonly Licence[] | 'missing'>([]);
  useEffect(() => {
    fetch('licences.json')
      .then((response) => response.json())
      .then(setLicences, () => setLicences('missing'));
  }, []);
  if (licences === 'missing') return <p className="explain">{t('settings.licences.missing')}</p>;
  return (
    <>
      <p className="explain">
        {t('settings.licences.about', { count: licences.length, works: formatCount(licences.length) })}
      </p>
      <ul>
        {licences.map(({ name, version, licence, text }) => (
          <li key={`${name} ${version}`}>
            <details>
              <summary>
                {name} <span className="muted num">{version}</span> <span className="muted">{licence}</span>
              </summary>
              <p>{text}</p>
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}
