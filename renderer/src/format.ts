const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 2184 → 2,184 */
export function formatCount(count: number): string {
  return whole.format(count);
}

export interface Amount {
  value: string;
  unit: string;
}

/** Bytes as people read them, in powers of 1000: 21.9 MB, 190 kB, 1.24 GB. */
export function splitBytes(bytes: number): Amount {
  if (bytes >= 999.5e6) return { value: (bytes / 1e9).toFixed(2), unit: 'GB' };
  if (bytes >= 999_500 || bytes === 0) return { value: (bytes / 1e6).toFixed(1), unit: 'MB' };
  if (bytes >= 1000) return { value: (bytes / 1e3).toFixed(0), unit: 'kB' };
  return { value: String(bytes), unit: 'B' };
}

/** The size of a file or a process: whole MB from 100 on. */
export function formatSize(bytes: number): string {
  return bytes >= 99.5e6 && bytes < 999.5e6 ? `${formatCount(bytes / 1e6)} MB` : formatBytes(bytes);
}

export function formatBytes(bytes: number): string {
  const { value, unit } = splitBytes(bytes);
  return `${value} ${unit}`;
}

/** A computer's memory, of which people know the size in GB of 2³⁰ bytes: 19 GB, 0.6 GB. */
export function formatMachineMemory(bytes: number): string {
  const gigabytes = bytes / 2 ** 30;
  return `${gigabytes.toFixed(gigabytes < 9.95 ? 1 : 0)} GB`;
}

/** A layer's bytes: kB keep their place up to 10 MB, so that rows compare. */
export function formatLayerBytes(bytes: number): string {
  return bytes >= 1000 && bytes < 1e7 ? `${formatCount(bytes / 1e3)} kB` : formatBytes(bytes);
}

/** 0.435 → 43.5 % */
export function formatPercent(fraction: number, digits = 1): string {
  return `${(fraction * 100).toFixed(digits)} %`;
}

/** Milliseconds: 84 ms, 1.6 s, 2 min 5 s. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A place on a timeline: 3.2 s, 2 min 5 s. */
export function formatMoment(ms: number): string {
  return ms < 59_950 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms);
}

/** Tokens a second from milliseconds a token. */
export function formatSpeed(msPerToken: number): string {
  const perSecond = 1000 / msPerToken;
  return perSecond < 9.95 ? perSecond.toFixed(1) : formatCount(perSecond);
}

/** 1 token, 14 tokens */
export function formatTokens(count: number): string {
  return `${formatCount(count)} ${tokenWord(count)}`;
}

export function tokenWord(count: number): string {
  return count === 1 ? 'token' : 'tokens';
}
