import { useEffect, useState } from 'react';
import { IconButton } from '../shell/IconButton.js';
import { Overlay } from '../shell/Overlay.js';

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
        Licences
      </button>
      <Overlay label="Licences" side="right" open={open} onClose={close}>
        <div className="licences">
          <div className="sec-h">
            Licences
            <IconButton icon="close" label="Close licences" onClick={close} />
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
  if (licences === 'missing') return <p className="explain">The list is missing. Install the app again.</p>;
  return (
    <>
      <p className="explain">
        Pyramid Chat is under the Apache License 2.0. It contains {licences.length} works of others:
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
