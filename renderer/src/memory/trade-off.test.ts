import { describe, expect, it } from 'vitest';
import type { PresetInfo, PresetName } from '../../../engine/types.js';
import { bytesOfChoice, choiceAt, pointOf, tradeOff } from './trade-off.js';

function measured(name: PresetName, shares: Record<number, number>, kl: number, lost: number): PresetInfo {
  const continuation = Object.entries(shares).map(([prefix, bytesShare]) => ({
    prefixTokens: Number(prefix),
    windows: 8,
    keptFraction: bytesShare * 2,
    bytesShare,
    deltaPpl: 0,
    deltaPplCi: [0, 0] as const,
    meanKl: kl,
    prefillRatio: 1,
  }));
  const retrieval = [{ mode: 'later' as const, questions: 100, accuracy: 0.5 - lost, fullAccuracy: 0.5 }];
  return { name, measured: { date: '2026-11-25', command: 'bench', continuation, retrieval } };
}

const presets: PresetInfo[] = [
  { name: 'off', measured: null },
  measured('faithful', { 512: 0.36, 4096: 0.35 }, 0.004, -0.01),
  measured('compact', { 512: 0.24, 4096: 0.23 }, 0.008, 0.04),
  measured('paper', { 512: 0.4, 4096: 0.39 }, 0.03, 0.3),
];

describe('the trade-off', () => {
  const curve = tradeOff(presets, { tokens: 3000, kvType: 'int8', fullBytes: 100e6 }, 4.33e6);
  if (!curve) throw new Error('Something was measured.');

  it('is of the measured length nearest to the text, from the smallest memory up', () => {
    expect(curve.prefixTokens).toBe(4096);
    expect(curve.points.map(({ preset }) => preset)).toEqual(['compact', 'faithful', 'paper']);
    expect(curve.points[0]).toEqual({ preset: 'compact', bytes: 23e6, kl: 0.008, lost: expect.closeTo(0.08) });
    expect(curve.points[1].lost).toBe(0);
    expect(tradeOff(presets, { tokens: 300, kvType: 'int8', fullBytes: 100e6 }, 4.33e6)?.prefixTokens).toBe(512);
  });

  it('chooses the preset where the thumb is near it, else a budget', () => {
    expect(choiceAt(curve, 23.4e6)).toEqual({ preset: 'compact' });
    expect(choiceAt(curve, 30.02e6)).toEqual({ budgetBytes: 30e6 });
    for (const { preset } of curve.points) {
      expect(choiceAt(curve, bytesOfChoice(curve, { preset }))).toEqual({ preset });
    }
  });

  it('chooses no budget that would be refused', () => {
    expect(choiceAt(curve, 0)).toEqual({ budgetBytes: 4.4e6 });
    const short = tradeOff(presets, { tokens: 300, kvType: 'int8', fullBytes: 8e6 }, 4.33e6);
    if (!short) throw new Error('Something was measured.');
    expect(choiceAt(short, 0)).toEqual({ preset: 'compact' });
    expect(choiceAt(short, 2.3e6)).toEqual({ preset: 'compact' });
    expect(choiceAt(short, 2.5e6)).toEqual({ preset: 'faithful' });
    expect(choiceAt(short, short.maxBytes)).toEqual({ preset: 'paper' });
  });

  it('puts what is beyond it at its end', () => {
    expect(bytesOfChoice(curve, { preset: 'off' })).toBe(curve.maxBytes);
    expect(bytesOfChoice(curve, { budgetBytes: 1e12 })).toBe(curve.maxBytes);
  });

  it('says of a budget what the mildest preset that fits costs, and nothing below all of them', () => {
    expect(pointOf(curve, { budgetBytes: 30e6 })?.preset).toBe('compact');
    expect(pointOf(curve, { budgetBytes: 90e6 })?.preset).toBe('faithful');
    expect(pointOf(curve, { budgetBytes: 20e6 })).toBeNull();
    expect(pointOf(curve, { preset: 'off' })).toBeNull();
  });

  it('is nothing where nothing was measured', () => {
    expect(
      tradeOff([{ name: 'faithful', measured: null }], { tokens: 3000, kvType: 'int8', fullBytes: 1e6 }, 4e6),
    ).toBeNull();
  });
});
