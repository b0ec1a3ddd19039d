import { type KeyboardEvent, type PointerEvent, useMemo, useState } from 'react';
import { formatCount, formatLayerBytes } from '../format.js';
import { useApp } from '../store/store.js';
import { LayerCanvas } from './LayerCanvas.js';
import { barTop, layerAt, panelGeometry } from './layer-geometry.js';

const WIDTH = 328;

/** The pyramid: hover, or focus and the arrow keys, name one layer's tokens and bytes. */
export function LayerView() {
  const layers = useApp((state) => state.layerCount);
  const geometry = useMemo(() => panelGeometry(layers, WIDTH), [layers]);
  const [pointed, setPointed] = useState<number | null>(null);
  const [focused, setFocused] = useState(0);
  const [hasFocus, setHasFocus] = useState(false);
  const selected = Math.min(focused, layers - 1);
  const shown = pointed ?? (hasFocus ? selected : null);
  const description = useLayerDescription(selected);

  const onKeyDown = (event: KeyboardEvent) => {
    const next = movedLayer(event.key, selected, layers);
    if (next === null) return;
    event.preventDefault();
    setFocused(next);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    setPointed(layerAt(geometry, event.clientY - event.currentTarget.getBoundingClientRect().top));
  };

  return (
    <div
      className="layers"
      role="slider"
      aria-label="Layer"
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, layers - 1)}
      aria-valuenow={selected}
      aria-valuetext={description}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setPointed(null)}
      onFocus={() => setHasFocus(true)}
      onBlur={() => setHasFocus(false)}
    >
      <LayerCanvas geometry={geometry} hovered={shown} />
      {shown !== null && shown < layers && (
        <LayerTip layer={shown} top={barTop(geometry, shown)} height={geometry.height} />
      )}
    </div>
  );
}

function movedLayer(key: string, from: number, layers: number): number | null {
  const moves: Readonly<Record<string, number>> = {
    ArrowUp: from + 1,
    ArrowRight: from + 1,
    ArrowDown: from - 1,
    ArrowLeft: from - 1,
    PageUp: from + 6,
    PageDown: from - 6,
    Home: 0,
    End: layers - 1,
  };
  const to = moves[key];
  return to === undefined ? null : Math.min(layers - 1, Math.max(0, to));
}

function LayerTip({ layer, top, height }: { layer: number; top: number; height: number }) {
  const tokens = useApp((state) => state.kv?.layers[layer]?.tokens ?? 0);
  const seen = useApp((state) => state.kv?.tokensSeen ?? 0);
  const bytes = useApp((state) => state.kv?.layers[layer]?.bytes ?? 0);
  const below = top + 14;
  return (
    <div className="tip layer-tip" aria-hidden="true" style={{ top: below + 30 > height ? top - 36 : below }}>
      <b className="strong">Layer {layer}</b>&ensp;<span className="num">{formatCount(tokens)}</span> of{' '}
      <span className="num">{formatCount(seen)}</span>
      <span className="faint"> · </span>
      <span className="num">{formatLayerBytes(bytes)}</span>
    </div>
  );
}

function useLayerDescription(layer: number): string {
  const tokens = useApp((state) => state.kv?.layers[layer]?.tokens ?? 0);
  const seen = useApp((state) => state.kv?.tokensSeen ?? 0);
  const bytes = useApp((state) => state.kv?.layers[layer]?.bytes ?? 0);
  return `Layer ${layer}: ${formatCount(tokens)} of ${formatCount(seen)} tokens, ${formatLayerBytes(bytes)}`;
}
