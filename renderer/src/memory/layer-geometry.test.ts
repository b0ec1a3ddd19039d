import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barTop, layerAt, pairGeometry, panelGeometry, stripGeometry } from './layer-geometry.js';

describe('where the layers lie', () => {
  it('is 8 px a layer for 30 layers, as drawn by design', () => {
    expect(panelGeometry(30, 328)).toMatchObject({ pitch: 8, barHeight: 6, left: 26, right: 284, patterns: true });
  });

  it('finds the layer under any of its pixels, and none outside', () => {
    const layers = fc.integer({ min: 1, max: 120 });
    fc.assert(
      fc.property(layers, fc.nat(), (count, pick) => {
        const small = [stripGeometry(count, 32, 270), pairGeometry(count, 132, 90)];
        for (const geometry of [panelGeometry(count, 328), ...small]) {
          const layer = pick % count;
          expect(layerAt(geometry, barTop(geometry, layer) + geometry.barHeight / 2)).toBe(layer);
          expect(layerAt(geometry, -1)).toBeNull();
          expect(layerAt(geometry, geometry.height + 1)).toBeNull();
        }
      }),
    );
  });

  it('stays in its height and keeps its labels apart', () => {
    for (let layers = 1; layers <= 120; layers++) {
      const { height, labelled, pitch } = panelGeometry(layers, 328);
      expect(height).toBeLessThanOrEqual(260);
      expect(labelled.at(-1)).toBe(layers - 1);
      for (let i = 1; i < labelled.length; i++) {
        expect((labelled[i] - labelled[i - 1]) * pitch).toBeGreaterThanOrEqual(14);
      }
    }
  });
});
