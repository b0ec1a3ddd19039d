import { useMemo } from 'react';
import { formatBytes, formatPercent, splitBytes } from '../format.js';
import { IconButton } from '../shell/IconButton.js';
import { modKeys } from '../shell/keys.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { kvFigures } from './kv-figures.js';
import { LayerCanvas } from './LayerCanvas.js';
import { stripGeometry } from './layer-geometry.js';

const WIDTH = 32;
const HEIGHT = 270;

/** The memory panel where the window is narrow: the same pyramid, 56 px wide. */
export function MemoryStrip() {
  const layers = useApp((state) => state.layerCount);
  const geometry = useMemo(() => stripGeometry(layers, WIDTH, HEIGHT), [layers]);
  const inUse = useApp((state) => state.kv?.bytesInUse ?? 0);
  const full = useApp((state) => state.kv?.fullFp16Bytes ?? 0);
  const context = useApp((state) => (state.kv ? formatPercent(kvFigures(state.kv).contextFraction, 0) : null));
  const amount = splitBytes(inUse);
  return (
    <aside className="strip" aria-label="Memory, collapsed">
      <div className="top">
        <IconButton icon="panel" label="Open memory panel" keys={modKeys('M')} onClick={() => actions.show('panel')} />
      </div>
      {layers > 0 && (
        <>
          <div className="fig">
            {amount.value}
            <small>{amount.unit}</small>
            {full > 0 && (
              <small>
                fp16
                <br />
                {formatBytes(full)}
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
              <small>context</small>
            </div>
          )}
        </>
      )}
    </aside>
  );
}
