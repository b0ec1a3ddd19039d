/** Where the bars lie, CSS pixels. Layer 0 is the lowest row. */
export interface LayerGeometry {
  layers: number;
  width: number;
  height: number;
  /** Distance between two rows. */
  pitch: number;
  barHeight: number;
  /** Room above the highest row. */
  top: number;
  /** Left and right end of a full bar. */
  left: number;
  right: number;
  /** Whether parts are told apart by pattern; under a pitch of 4 it would blur. */
  patterns: boolean;
  /** Layers whose number and tokens are written beside them. */
  labelled: readonly number[];
}

const FULL_HEIGHT = 240;
const LABEL_LEFT = 26;
const LABEL_RIGHT = 44;
const LABEL_GAP = 44;
/** The lowest label reaches this far under its bar, pixels; the highest over it where bars are thin. */
const LABEL_OVERHANG = 3;
const LABEL_HEIGHT = 8;
const STEPS = [1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 60];

/** The geometry of the panel's bars: as tall as 30 layers of 8 px, whatever the number of layers. */
export function panelGeometry(layers: number, width: number): LayerGeometry {
  const pitch = Math.min(16, Math.max(2, Math.floor(FULL_HEIGHT / Math.max(1, layers))));
  const barHeight = pitch >= 4 ? pitch - 2 : pitch - 0.5;
  const top = Math.max(0, Math.ceil((LABEL_HEIGHT - pitch) / 2));
  return {
    layers,
    width,
    height: top + layers * pitch + LABEL_OVERHANG,
    pitch,
    barHeight,
    top,
    left: LABEL_LEFT,
    right: width - LABEL_RIGHT,
    patterns: pitch >= 4,
    labelled: labelledLayers(layers, pitch),
  };
}

/** The geometry of the narrow strip: bars only. `available`: pixels that they may take in height. */
export function stripGeometry(layers: number, width: number, available: number): LayerGeometry {
  const pitch = Math.min(9, Math.max(1, Math.floor(available / Math.max(1, layers))));
  const barHeight = pitch > 4 ? pitch - 3 : pitch > 1 ? pitch - 0.75 : 1;
  return {
    layers,
    width,
    height: layers * pitch,
    pitch,
    barHeight,
    top: 0,
    left: 0,
    right: width,
    patterns: false,
    labelled: [],
  };
}

/** The geometry of small bars to be set side by side: each on whole pixels, a pixel apart where there is room. */
export function pairGeometry(layers: number, width: number, available: number): LayerGeometry {
  const strip = stripGeometry(layers, width, available);
  if (strip.pitch === 1) return strip;
  return { ...strip, barHeight: strip.pitch - 1, top: 0.5, height: strip.height + 1 };
}

/** Every so many layers, and the last one; a label that would touch the last one is left out. */
function labelledLayers(layers: number, pitch: number): number[] {
  const step = STEPS.find((candidate) => candidate * pitch >= LABEL_GAP) ?? layers;
  const last = layers - 1;
  const labels: number[] = [];
  for (let layer = 0; layer < last; layer += step) {
    if ((last - layer) * pitch >= 14) labels.push(layer);
  }
  return [...labels, last];
}

/** Top of a layer's bar, pixels. */
export function barTop(geometry: LayerGeometry, layer: number): number {
  return geometry.top + (geometry.layers - 1 - layer) * geometry.pitch + (geometry.pitch - geometry.barHeight) / 2;
}

/** The layer at a height, pixels from the top; null outside. */
export function layerAt(geometry: LayerGeometry, y: number): number | null {
  const layer = geometry.layers - 1 - Math.floor((y - geometry.top) / geometry.pitch);
  return layer >= 0 && layer < geometry.layers ? layer : null;
}
