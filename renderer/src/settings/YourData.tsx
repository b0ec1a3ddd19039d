import { useEffect, useState } from 'react';
import type { ParkedMemories } from '../../../electron/ipc/contract.js';
import { formatBytes, formatCount } from '../format.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

export function YourData() {
  const folder = useApp((state) => state.appInfo?.dataFolder ?? null);
  return (
    <section className="sec" aria-label={t('settings.data.title')}>
      <div className="sec-h">{t('settings.data.title')}</div>
      <p className="words">{t('settings.data.about')}</p>
      {folder !== null && (
        <>
          <p className="words path">{folder}</p>
          <button type="button" className="btn" onClick={() => actions.openFolder('data')}>
            {t('settings.data.open')}
          </button>
        </>
      )}
      <Memories />
    </section>
  );
}

/** The engine may be writing one, which goes once it is written. */
const WRITTEN_MS = 1000;

function Memories() {
  const [parked, setParked] = useState<ParkedMemories | null>(null);
  const look = () => void actions.parkedMemories().then(setParked);
  useEffect(look, []);
  if (!parked) return null;
  const { chats, bytes } = parked;
  return (
    <>
      <p className="words" role="status">
        {chats === 0
          ? t('settings.data.noMemories')
          : t('settings.data.memories', { count: chats, written: formatCount(chats), bytes: formatBytes(bytes) })}
      </p>
      {chats > 0 && (
        <button
          type="button"
          className="btn"
          onClick={async () => {
            setParked((await actions.removeParkedMemories()) ?? parked);
            setTimeout(look, WRITTEN_MS);
          }}
        >
          {t('settings.data.removeMemories')}
        </button>
      )}
    </>
  );
}
