import { expect, test } from 'vitest';
import { lacksAvx2, readCpuInfo } from './processor.js';

const info = (flags: string) => `processor\t: 0\nmodel name\t: Some\nflags\t\t: fpu ${flags} lm\nbugs\t\t:\n`;

test('an x64 processor without AVX2 is told from one with it', () => {
  expect(lacksAvx2('x64', info('sse4_2 avx'))).toBe(true);
  expect(lacksAvx2('x64', info('avx avx2'))).toBe(false);
});

test('where nothing is known, and on other processors, nothing is said', () => {
  expect(lacksAvx2('x64', null)).toBe(false);
  expect(lacksAvx2('x64', '')).toBe(false);
  expect(lacksAvx2('arm64', info('neon'))).toBe(false);
});

test.runIf(process.platform === 'linux')('Linux says what its processor can do', () => {
  expect(readCpuInfo()).toContain('processor');
});
