import { formatCount } from '../format.js';
import { useApp } from '../store/store.js';
import { Licences } from './Licences.js';
import { UpdateCheck } from './UpdateCheck.js';

export function About() {
  const info = useApp((state) => state.appInfo);
  if (!info) return null;
  return (
    <section className="sec" aria-label="About">
      <div className="sec-h">About</div>
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
          <dt>Processor</dt>
          <dd>
            {info.cpuModel}, {formatCount(info.cores)} cores
            {info.lacksAvx2 && '; without AVX2, so answers take longer'}
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
