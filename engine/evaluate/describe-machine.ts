import { availableParallelism, cpus, platform, totalmem } from 'node:os';

/** What measurements were made on, for people. */
export function describeMachine(): string {
  const processor = cpus()[0]?.model.trim() || 'unknown processor';
  return `${processor}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()}`;
}
