import { layerColor, parseOklch } from '../memory/layer-colors.js';
import type { LayerGroup } from './bands.js';
import type { TimelineTheme } from './plot.js';

/** The page's colours as they are; a group has that of its middle layer. */
export function readTimelineTheme(element: Element, groups: readonly LayerGroup[], layers: number): TimelineTheme {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const ramp = [0, 1, 2, 3, 4].map((stop) => parseOklch(read(`--ramp-${stop}`)));
  return {
    bands: groups.map(({ from, to }) => layerColor(ramp, (from + to - 1) / 2, layers)),
    gap: read('--bg-panel'),
    full: read('--text-3'),
    axis: read('--line-2'),
    mark: read('--line-ctl'),
  };
}
