import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** `lost`: the device is, once, with the next thing that it is given to do; `full`: no memory is left; the others: what the device says of itself. */
type Fault = 'lost' | 'full' | 'old' | 'small' | 'wide' | 'discrete';

/** A Vulkan driver that fails when it is told to: Mesa's own, behind faulty-driver.c. */
export interface FaultyDriver {
  /** A process that has these before it does anything of Vulkan has no other driver. */
  env: Readonly<Record<string, string>>;
  set(fault: Fault): void;
  clear(fault: Fault): void;
}

const MANIFESTS = '/usr/share/vulkan/icd.d';

/**
 * @param folder for the driver, which must stay
 * @returns null, with the reason on the console, where it cannot be made: it takes a C compiler and Mesa, on Linux
 */
export function makeFaultyDriver(folder: string): FaultyDriver | null {
  const library = path.join(folder, 'libfaulty.so');
  try {
    // Its library is found by the system, its manifest tells that it is there.
    if (!readdirSync(MANIFESTS).some((name) => name.startsWith('lvp'))) throw new Error(`no lvp in ${MANIFESTS}`);
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, path.join(import.meta.dirname, 'faulty-driver.c'), '-ldl']);
  } catch (error) {
    console.warn(`Skipped, for want of a driver that can fail: ${error instanceof Error ? error.message : error}`);
    return null;
  }
  const manifest = path.join(folder, 'faulty.json');
  const ICD = { library_path: library, api_version: '1.3.0' };
  writeFileSync(manifest, JSON.stringify({ file_format_version: '1.0.0', ICD }));
  return {
    env: { VK_DRIVER_FILES: manifest, FAULTS: folder },
    set: (fault) => writeFileSync(path.join(folder, fault), ''),
    clear: (fault) => rmSync(path.join(folder, fault), { force: true }),
  };
}
