import { readFileSync } from 'node:fs';

/**
 * Whether 8-bit products have to be computed without AVX2, for which ONNX Runtime has its quick ways: it runs, but
 * slower. Only where it can be told: Linux on x64 says so, and Arm has what it takes.
 */
export function lacksAvx2(arch: string, cpuInfo: string | null): boolean {
  const flags = arch === 'x64' ? /^flags\s*:(.*)$/m.exec(cpuInfo ?? '')?.[1] : undefined;
  return flags !== undefined && !flags.split(/\s+/).includes('avx2');
}

export function readCpuInfo(): string | null {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return null;
  }
}
