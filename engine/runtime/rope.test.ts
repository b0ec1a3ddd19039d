import { describe, expect, it } from 'vitest';
import type { RopeScaling } from '../model/model-config.js';
import { RotaryTable } from './rope.js';

const headDim = 8;
const yarn = {
  type: 'yarn',
  factor: 4,
  originalContextLength: 64,
  betaFast: 32,
  betaSlow: 1,
  attentionFactor: 1.25,
} as const;
function angles(scaling: RopeScaling, position: number): number[] {
  const cos = new Float32Array(headDim / 2);
  const sin = new Float32Array(headDim / 2);
  new RotaryTable({ headDim, rope: { theta: 10_000, scaling } }).fill(Int32Array.of(position), cos, sin);
  return Array.from(cos, (c, i) => Math.atan2(sin[i], c));
}

describe('RotaryTable', () => {
  it('turns pair i by position · theta^(−2i/headDim)', () => {
    angles({ type: 'none' }, 3).forEach((angle, i) => {
      expect(angle).toBeCloseTo(i === 0 ? 3 : 3 * 10_000 ** ((-2 * i) / headDim), 5);
    });
  });

  it('takes any positions, gaps included', () => {
    const rows = { cos: new Float32Array(3 * 4), sin: new Float32Array(3 * 4) };
    new RotaryTable({ headDim, rope: { theta: 10_000, scaling: { type: 'none' } } }).fill(
      Int32Array.of(5, 6, 900),
      rows.cos,
      rows.sin,
    );
    [5, 6, 900].forEach((position, row) => {
      expect(rows.sin[row * 4 + 1]).toBeCloseTo(Math.sin(position / 10), 5);
    });
  });

  it('divides by one factor, or by one for each frequency', () => {
    const plain = angles({ type: 'none' }, 2);
    expect(angles({ type: 'linear', factor: 4 }, 8)).toEqual(plain);
    const factors = [1, 2, 4, 8];
    angles({ type: 'factors', factors }, 2).forEach((angle, i) => {
      expect(angle).toBeCloseTo(plain[i] / factors[i], 6);
    });
  });

  it('leaves fast frequencies alone and stretches slow ones (Llama 3, YaRN)', () => {
    const plain = angles({ type: 'none' }, 3);
    const llama3 = angles(
      { type: 'llama3', factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalContextLength: 64 },
      3,
    );
    expect(llama3[0]).toBeCloseTo(plain[0], 6);
    expect(llama3[3]).toBeCloseTo(plain[3] / 8, 6);
    expect(angles(yarn, 3)[3]).toBeCloseTo(plain[3] / 4, 6);
  });

  it('scales cos and sin by YaRN’s attention factor', () => {
    const cos = new Float32Array(4);
    const sin = new Float32Array(4);
    new RotaryTable({ headDim, rope: { theta: 10_000, scaling: yarn } }).fill(Int32Array.of(7), cos, sin);
    cos.forEach((c, i) => {
      expect(Math.hypot(c, sin[i])).toBeCloseTo(1.25, 5);
    });
  });
});
