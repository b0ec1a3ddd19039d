import { useMemo } from 'react';
import { formatBytes, formatMoment, formatPercent, splitBytes } from '../format.js';
import { IconButton } from '../shell/IconButton.js';
import { keysOf } from '../shell/keys.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { shownKvHere, shownLayerCount, shownMs } from '../timeline/moment.js';
import { Trans, t } from '../words.js';
import { kvFigures } from './kv-figures.js';
import { LayerCanvas } from './LayerCanvas.js';
import { stripGeometry } from './layer-geometry.js';

const WIDTH = 32;
const HEIGHT = 270;
const BR = { br: <br /> };

/** The memory panel where the window is narrow: the same pyramid, 56 px wide. It has no room to say whose memory it is. */
export function MemoryStrip() {
  const layers = useApp(shownLayerCount);
  const geometry = useMemo(() => stripGeometry(layers, WIDTH, HEIGHT), [layers]);
  const inUse = useApp((state) => shownKvHere(state)?.bytesInUse ?? 0);
  const full = useApp((state) => shownKvHere(state)?.fullFp16Bytes ?? 0);
  const context = useApp((state) => {
    const kv = shownKvHere(state);
    return kv && formatPercent(kvFigures(kv).contextFraction, 0);
  });
  const pastMs = useApp(shownMs);
  const amount = splitBytes(inUse);
  return (
    <aside className="strip" aria-label={t('memory.strip.name')}>
      <div className="top">
        <IconButton
          icon="panel"
          label={t('memory.openPanel')}
          keys={keysOf('togglePanel')}
          onClick={() => actions.show('panel')}
        />
      </div>
      {layers > 0 && (
        <>
          <div className={pastMs === null ? 'fig' : 'fig past'}>
            {amount.value}
            <small>{amount.unit}</small>
            {full > 0 && (
              <small>
                {pastMs === null ? (
                  <Trans i18nKey="memory.strip.usual" values={{ bytes: formatBytes(full) }} components={BR} />
                ) : (
                  <Trans i18nKey="memory.strip.at" values={{ moment: formatMoment(pastMs) }} components={BR} />
                )}
              </small>
            )}
          </div>
          <button
            type="button"
            className="strip-bars"
            aria-label={t('memory.openPanel')}
            onClick={() => actions.show('panel')}
          >
            <LayerCanvas geometry={geometry} kvOf={shownKvHere} />
          </button>
          {context && (
            <div className="fig">
              {context}
              <small>
                <Trans i18nKey="memory.strip.ofContext" components={BR} />
              </small>
            </div>
          )}
        </>
      )}
    </aside>
  );
}
