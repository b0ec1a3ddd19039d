import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the figures depend on. */
export interface Machine {
  processor: string;
  cores: number;
  /** Instruction sets that matrix kernels choose by; null where the system does not tell. */
  features: string[] | null;
  memoryBytes: number;
  system: string;
  node: string;
  /** Of 1, 5 and 15 minutes, before the benchmark; zeros on Windows. */
  loadAverage: number[];
  /** Share of all cores that was busy with other work during one second before the benchmark. */
  busyShare: number;
}

const FEATURES = [
  'avx',
  'avx2',
  'fma',
  'f16c',
  'avx_vnni',
  'avx512f',
  'avx512_vnni',
  'avx512_bf16',
  'amx_int8',
  'asimd',
  'asimddp',
  'i8mm',
];
const QUIET_SHARE = 0.1;

export async function describeMachine(): Promise<Machine> {
  return {
    processor: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    features: await processorFeatures(),
    memoryBytes: totalmem(),
    system: `${platform()} ${arch()}`,
    node: process.versions.node,
    loadAverage: loadavg(),
    busyShare: await busyShare(1000),
  };
}

/** What to tell the user if others use the machine as well; null if it is quiet. */
export function unquietWarning({ busyShare: share }: Machine): string | null {
  if (share <= QUIET_SHARE) return null;
  return `Other work keeps ${Math.round(100 * share)} % of the processor busy: these figures are not to be published.`;
}

async function processorFeatures(): Promise<string[] | null> {
  if (platform() !== 'linux') return null;
  const text = await readFile('/proc/cpuinfo', 'utf8');
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1].trim().split(/\s+/));
  return FEATURES.filter((feature) => flags.has(feature));
}

async function busyShare(ms: number): Promise<number> {
  const before = coreTimes();
  await sleep(ms);
  const after = coreTimes();
  const total = after.total - before.total;
  return total === 0 ? 0 : 1 - (after.idle - before.idle) / total;
}

function coreTimes(): { idle: number; total: number } {
  const times = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
    idle,
    total: user + nice + sys + idle + irq,
  }));
  return {
    idle: times.reduce((sum, core) => sum + core.idle, 0),
    total: times.reduce((sum, core) => sum + core.total, 0),
  };
}
