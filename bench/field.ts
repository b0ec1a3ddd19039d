import type { PresetName } from '../engine/types.js';
import type { LoadOptions } from './peer.js';
import { PeerProcess, settled } from './peer-process.js';

/** What is measured side by side: llama.cpp, and this engine under some presets. */
export const PRESETS = ['off', 'faithful', 'compact', 'paper'] as const satisfies readonly PresetName[];
export type MeasuredPreset = (typeof PRESETS)[number];
export type Runner = 'llama' | MeasuredPreset;
const RUNNERS: readonly Runner[] = ['llama', ...PRESETS];

/** One value a runner. */
export type ByRunner<Value> = Record<Runner, Value>;

export function byRunner<Value>(make: (runner: Runner) => Value): ByRunner<Value> {
  return Object.fromEntries(RUNNERS.map((runner) => [runner, make(runner)])) as ByRunner<Value>;
}

/** All runners, loaded, each in a process of its own. */
export class Field {
  private turn = 0;

  private constructor(private readonly peers: ByRunner<PeerProcess>) {}

  static async load(options: LoadOptions): Promise<Field> {
    const peers = byRunner((runner) => new PeerProcess(runner === 'llama' ? 'llama' : 'ours'));
    const field = new Field(peers);
    try {
      for (const runner of RUNNERS) {
        await settled(
          peers[runner].load(runner === 'llama' ? options : { ...options, compression: { preset: runner } }),
        );
      }
      return field;
    } catch (error) {
      await field.end();
      throw error;
    }
  }

  /** All do the same, one after another; with each call another one is the first. */
  async inTurns<Result>(work: (peer: PeerProcess) => Promise<Result>): Promise<ByRunner<Result>> {
    const first = this.turn++ % RUNNERS.length;
    const results: Partial<ByRunner<Result>> = {};
    for (let i = 0; i < RUNNERS.length; i++) {
      const runner = RUNNERS[(first + i) % RUNNERS.length];
      results[runner] = await settled(work(this.peers[runner]));
    }
    return results as ByRunner<Result>;
  }

  async versions(): Promise<Record<string, string>> {
    return { ...(await this.peers.off.versions()), ...(await this.peers.llama.versions()) };
  }

  async end(): Promise<void> {
    await Promise.all(Object.values(this.peers).map((peer) => peer.end()));
  }
}
