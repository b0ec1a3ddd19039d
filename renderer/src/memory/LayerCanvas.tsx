import { useEffect, useRef } from 'react';
import type { KvMoment } from '../../../engine/trace/columns.js';
import type { AppState } from '../store/state.js';
import { appStore } from '../store/store.js';
import { shownKv } from '../timeline/moment.js';
import { barsOf, emptyBars, type LayerBars } from './layer-bars.js';
import type { LayerGeometry } from './layer-geometry.js';
import { createLayerPainter, type LayerPainter } from './layer-painter.js';
import { plannedRows } from './planned-rows.js';

interface LayerCanvasProps {
  geometry: LayerGeometry;
  hovered?: number | null;
  /** Whose bars; the same function each time. Default: those that are shown of the chat in memory. */
  kvOf?: (state: AppState) => KvMoment | null;
}

/** The bars. Cache statistics reach the canvas straight from the store, not through React. */
export function LayerCanvas({ geometry, hovered = null, kvOf = shownKv }: LayerCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<LayerPainter | null>(null);
  const start = useRef(geometry);
  const { layers, width, height } = geometry;

  useEffect(() => {
    if (!canvas.current) return;
    // Of what is compared with, nothing is tidied.
    const plannedOf = (state: AppState) => (kvOf(state) === state.kv ? plannedRows(state) : undefined);
    const barsIn = (state: AppState): LayerBars => {
      const kv = kvOf(state);
      return kv ? barsOf(kv, plannedOf(state)) : emptyBars(layers);
    };
    const current = createLayerPainter(canvas.current, start.current, barsIn(appStore.getState()));
    painter.current = current;
    const stopBars = appStore.subscribe((state, before) => {
      if (kvOf(state) !== kvOf(before) || plannedOf(state) !== plannedOf(before)) current.show(barsIn(state));
    });
    const themes = new MutationObserver(() => current.rereadTheme());
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      stopBars();
      themes.disconnect();
      current.dispose();
    };
  }, [layers, kvOf]);

  useEffect(() => {
    start.current = geometry;
    painter.current?.resize(geometry);
  }, [geometry]);
  useEffect(() => painter.current?.hover(hovered), [hovered]);

  return <canvas ref={canvas} style={{ width, height }} />;
}
