import { useMemo } from 'react';
import { formatBytes, formatMoment, formatPercent, splitBytes } from '../format.js';
import { IconButton } from '../shell/IconButton.js';
import { keysOf } from '../shell/keys.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { shownKv, shownLayerCount, shownMs } from '../timeline/moment.js';
import { kvFigures } from './kv-figures.js';
import { LayerCanvas } from './LayerCanvas.js';
import { stripGeometry } from './layer-geometry.js';

const WIDTH = 32;
const HEIGHT = 270;

/** The memory panel where the window is narrow: the same pyramid, 56 px wide. */
export function MemoryStrip() {
  const layers = useApp(shownLayerCount);
  const geometry = useMemo(() => stripGeometry(layers, WIDTH, HEIGHT), [layers]);
  const inUse = useApp((state) => shownKv(state)?.bytesInUse ?? 0);
  const full = useApp((state) => shownKv(state)?.fullFp16Bytes ?? 0);
  const context = useApp((state) => {
    const kv = shownKv(state);
    return kv && formatPercent(kvFigures(kv).contextFraction, 0);
  });
  const pastMs = useApp(shownMs);
  const amount = splitBytes(inUse);
  return (
    <aside className="strip" aria-label="Memory, collapsed">
      <div className="top">
        <IconButton
          icon="panel"
          label="Open memory panel"
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
                {pastMs === null ? 'usual' : 'at'}
                <br />
                {pastMs === null ? formatBytes(full) : formatMoment(pastMs)}
              </small>
            )}
          </div>
          <button
            type="button"
            className="strip-bars"
            aria-label="Open memory panel"
            onClick={() => actions.show('panel')}
          >
            <LayerCanvas geometry={geometry} />
          </button>
          {context && (
            <div className="fig">
              {context}
              <small>
                of the
                <br />
                context
              </small>
            </div>
          )}
        </>
      )}
    </aside>
  );
}
