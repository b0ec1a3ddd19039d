/** A colour in OKLCH: lightness 0 … 1, chroma, hue in degrees. */
export interface Oklch {
  l: number;
  c: number;
  h: number;
}

/** Reads `oklch(0.625 0.14 150)`; anything else is black. */
export function parseOklch(text: string): Oklch {
  const match = /oklch\(\s*([\d.]+)(%?)\s+([\d.]+)\s+([\d.]+)/.exec(text);
  if (!match) return { l: 0, c: 0, h: 0 };
  const lightness = Number(match[1]) / (match[2] ? 100 : 1);
  return { l: lightness, c: Number(match[3]), h: Number(match[4]) };
}

/** A layer's colour: its place on the ramp (first stop = layer 0), mixed in OKLCH along the shorter way of the hue. */
export function layerColor(ramp: readonly Oklch[], layer: number, layers: number): string {
  const place = layers > 1 ? (layer / (layers - 1)) * (ramp.length - 1) : 0;
  const stop = Math.min(ramp.length - 2, Math.floor(place));
  const share = place - stop;
  const from = ramp[stop];
  const to = ramp[stop + 1];
  const turn = ((to.h - from.h + 540) % 360) - 180;
  const mixed = { l: mix(from.l, to.l, share), c: mix(from.c, to.c, share), h: (from.h + turn * share + 360) % 360 };
  return `oklch(${mixed.l.toFixed(4)} ${mixed.c.toFixed(4)} ${mixed.h.toFixed(2)})`;
}

/** The same as CSS, for shapes that follow the theme by themselves. `place`: 0 = layer 0, 1 = the last. */
export function rampColor(place: number): string {
  const at = Math.min(1, Math.max(0, place)) * 4;
  const stop = Math.min(3, Math.floor(at));
  return `color-mix(in oklch, var(--ramp-${stop}) ${((1 - (at - stop)) * 100).toFixed(1)}%, var(--ramp-${stop + 1}))`;
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
