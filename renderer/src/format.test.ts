import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLayerBytes,
  formatMachineMemory,
  formatPercent,
  formatSize,
  formatSpeed,
  formatTokens,
} from './format.js';

describe('figures', () => {
  it.each([
    [0, '0.0 MB'],
    [512, '512 B'],
    [1536, '2 kB'],
    [190_000, '190 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [21_900_000, '21.9 MB'],
    [999_960_000, '1.00 GB'],
    [1_240_000_000, '1.24 GB'],
  ])('writes %d bytes as %s', (bytes, written) => expect(formatBytes(bytes)).toBe(written));

  it('writes a computer’s memory in GB of 2³⁰ bytes', () => {
    expect(formatMachineMemory(24 * 2 ** 30)).toBe('24 GB');
    expect(formatMachineMemory(0.6 * 2 ** 30)).toBe('0.6 GB');
  });

  it('writes sizes from 100 MB on whole, and a layer in kB', () => {
    expect(formatSize(101_400_000)).toBe('101 MB');
    expect(formatSize(98_400_000)).toBe('98.4 MB');
    expect(formatSize(999_700_000)).toBe('1.00 GB');
    expect(formatLayerBytes(1_536_000)).toBe('1,536 kB');
    expect(formatLayerBytes(12_600_000)).toBe('12.6 MB');
  });

  it.each([
    [84.4, '84 ms'],
    [999.6, '1.0 s'],
    [1600, '1.6 s'],
    [125_000, '2 min 5 s'],
  ])('writes %d ms as %s', (ms, written) => expect(formatDuration(ms)).toBe(written));

  it('writes counts, shares and speeds', () => {
    expect(formatCount(2184)).toBe('2,184');
    expect(formatPercent(0.4351)).toBe('43.5 %');
    expect(formatPercent(0.62, 0)).toBe('62 %');
    expect(formatSpeed(11.9)).toBe('84');
    expect(formatSpeed(200)).toBe('5.0');
    expect(formatTokens(1)).toBe('1 token');
    expect(formatTokens(14)).toBe('14 tokens');
  });
});
