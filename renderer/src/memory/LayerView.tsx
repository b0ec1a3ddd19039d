import { type KeyboardEvent, type PointerEvent, useMemo, useState } from 'react';
import type { KvLayerStats } from '../../../engine/types.js';
import { formatCount, formatLayerBytes, formatPercent } from '../format.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { shownKv, shownLayerCount } from '../timeline/moment.js';
import { t } from '../words.js';
import { LayerCanvas } from './LayerCanvas.js';
import { LayerLegend } from './LayerLegend.js';
import { barTop, type LayerGeometry, layerAt, panelGeometry } from './layer-geometry.js';

const WIDTH = 328;

/** The pyramid and its legend: hover, or focus and the arrow keys, tell one layer's figures. */
export function LayerView() {
  const layers = useApp(shownLayerCount);
  const geometry = useMemo(() => panelGeometry(layers, WIDTH), [layers]);
  const [pointed, setPointed] = useState<number | null>(null);
  const [focused, setFocused] = useState(0);
  const [hasFocus, setHasFocus] = useState(false);
  const selected = Math.min(focused, layers - 1);
  const looked = pointed ?? (hasFocus ? selected : null);
  const shown = looked !== null && looked < layers ? looked : null;
  const description = useLayerDescription(selected);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      actions.showLayer(selected);
    }
    const next = movedLayer(event.key, selected, layers);
    if (next === null) return;
    event.preventDefault();
    setFocused(next);
    setHasFocus(true);
  };
  // A click leaves the focus, but nothing to be told of once the pointer is gone.
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const layer = layerUnder(event, geometry);
    if (layer !== null) setFocused(layer);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    setPointed(layerUnder(event, geometry));
  };

  return (
    <>
      <div
        className="layers"
        role="slider"
        aria-label={t('memory.layers.layer')}
        aria-orientation="vertical"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, layers - 1)}
        aria-valuenow={selected}
        aria-valuetext={description}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={() => shown !== null && actions.showLayer(shown)}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setPointed(null)}
        onPointerDown={onPointerDown}
        onFocus={(event) => setHasFocus(event.currentTarget.matches(':focus-visible'))}
        onBlur={() => setHasFocus(false)}
      >
        <LayerCanvas geometry={geometry} hovered={shown} />
        {shown !== null && <LayerTip layer={shown} top={barTop(geometry, shown)} height={geometry.height} />}
      </div>
      <LayerLegend shown={shown} />
    </>
  );
}

function layerUnder(event: PointerEvent<HTMLDivElement>, geometry: LayerGeometry): number | null {
  return layerAt(geometry, event.clientY - event.currentTarget.getBoundingClientRect().top);
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

const TIP_HEIGHT = 78;

function LayerTip({ layer, top, height }: { layer: number; top: number; height: number }) {
  const stats = useApp((state) => shownKv(state)?.layers[layer]);
  const seen = useApp((state) => shownKv(state)?.tokensSeen ?? 0);
  if (!stats) return null;
  const figures = layerFigures(stats, seen);
  const below = top + 14;
  const above = Math.max(0, top - TIP_HEIGHT - 6);
  return (
    <div className="tip layer-tip" aria-hidden="true" style={{ top: below + TIP_HEIGHT > height ? above : below }}>
      <b className="strong">{t('memory.layers.one', { layer })}</b>
      <dl>
        <Figure name={t('memory.layers.tokens')} value={figures.tokens} />
        <Figure name={t('memory.layers.memory')} value={figures.memory} />
        <Figure name={t('memory.layers.attentionLost')} value={figures.lost} />
        <Figure name={t('memory.layers.tokenNumbers')} value={figures.numbers} />
      </dl>
    </div>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{value}</dd>
    </div>
  );
}

/** What the engine reports of a layer, in words. `seen`: tokens of the text. */
function layerFigures({ tokens, bytes, lostAttention, oldest, newest }: KvLayerStats, seen: number) {
  const [held, all] = [formatCount(tokens), formatCount(seen)];
  return {
    tokens:
      seen > 0
        ? t('memory.layers.heldShare', { held, seen: all, share: formatPercent(tokens / seen) })
        : t('memory.partOf', { part: held, all }),
    memory: formatLayerBytes(bytes),
    lost: lostAttention === null ? t('memory.layers.noneLost') : formatPercent(lostAttention),
    numbers:
      oldest === null || newest === null
        ? '–'
        : t('memory.layers.numbers', { oldest: formatCount(oldest), newest: formatCount(newest) }),
  };
}

function useLayerDescription(layer: number): string {
  const stats = useApp((state) => shownKv(state)?.layers[layer]);
  const seen = useApp((state) => shownKv(state)?.tokensSeen ?? 0);
  if (!stats) return t('memory.layers.nothingHeld', { layer });
  return t('memory.layers.described', { layer, ...layerFigures(stats, seen) });
}
