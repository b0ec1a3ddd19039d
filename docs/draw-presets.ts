/** Draws docs/presets.svg: what each layer of the default model keeps under its presets. npx tsx docs/draw-presets.ts */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createPolicy } from '../engine/kv/compression-config.js';
import { presetConfig } from '../engine/kv/presets.js';
import type { PresetName } from '../engine/types.js';

const TOKENS = 2048;
const PANEL = { width: 230, height: 300, gap: 30, top: 54, left: 52 };
const NAMES: readonly PresetName[] = ['faithful', 'balanced', 'compact', 'paper'];
const PROFILE = path.join(import.meta.dirname, '../engine/kv/profiles/smollm2-135m-instruct-q4-1.json');

const { modelHash: hash, numLayers } = JSON.parse(readFileSync(PROFILE, 'utf8'));
const row = PANEL.height / numLayers;

function panel(name: PresetName, index: number): string {
  const policy = createPolicy(presetConfig(name, { hash, numLayers }).policy, numLayers);
  const x = PANEL.left + index * (PANEL.width + PANEL.gap);
  const kept = Array.from({ length: numLayers }, (_, layer) => policy.cachedCount(layer, TOKENS) / TOKENS);
  const bars = kept.map((share, layer) => {
    const y = (PANEL.top + layer * row).toFixed(1);
    const height = (row - 2).toFixed(1);
    const bar = (width: number, fill: string) =>
      `<rect x="${x}" y="${y}" width="${width.toFixed(1)}" height="${height}" rx="1.5" fill="${fill}"/>`;
    return bar(PANEL.width, '#8884') + bar(PANEL.width * share, '#7c6cf0');
  });
  const mean = kept.reduce((sum, share) => sum + share, 0) / numLayers;
  const title = `<text x="${x}" y="28" font-weight="600">${name}</text>`;
  const figure = `<text x="${x}" y="44" opacity=".75">${Math.round(100 * mean)} % of all K/V</text>`;
  return title + figure + bars.join('');
}

const width = PANEL.left + NAMES.length * (PANEL.width + PANEL.gap);
const height = PANEL.top + PANEL.height + 12;
const axis = [0, 10, 20, numLayers - 1].map(
  (layer) =>
    `<text x="${PANEL.left - 8}" y="${PANEL.top + layer * row + 8}" text-anchor="end" opacity=".75">${layer}</text>`,
);
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Inter, system-ui, sans-serif" font-size="12" fill="#888">
<title>Share of all K/V that each layer of the default model keeps under four presets</title>
<text x="8" y="44" opacity=".75">layer</text>
${axis.join('')}
${NAMES.map(panel).join('\n')}
</svg>
`;
writeFileSync(path.join(import.meta.dirname, 'presets.svg'), svg);
