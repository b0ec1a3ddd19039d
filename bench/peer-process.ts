import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadOptions, Peer, PeerCall, PeerMethod, PeerReply, Prompt } from './peer.js';

const PEERS = {
  ours: new URL('./our-peer.ts', import.meta.url),
  llama: new URL('./llama-peer.ts', import.meta.url),
};
export type PeerName = keyof typeof PEERS;

/** Room in a context beside the prompt, tokens: for the answer and the rounding of context sizes. */
export const CONTEXT_MARGIN = 256;

/** Threads of the engine that ran last may spin for a while; they would take the next one's cores. */
const SETTLE_MS = 100;

/** What came of some work, once the cores are free again. */
export async function settled<Result>(work: Promise<Result>): Promise<Result> {
  const result = await work;
  await sleep(SETTLE_MS);
  return result;
}

/** A peer in a process of its own; one call at a time. */
export class PeerProcess implements Peer {
  private readonly child: ChildProcess;

  constructor(private readonly name: PeerName) {
    this.child = fork(PEERS[name]);
  }

  load(options: LoadOptions): Promise<number> {
    return this.call('load', options);
  }

  firstToken(prompt: Prompt): Promise<number> {
    return this.call('firstToken', prompt);
  }

  decode(prompt: Prompt, tokens: number): Promise<number[]> {
    return this.call('decode', prompt, tokens);
  }

  peakBytes(): Promise<number> {
    return this.call('peakBytes');
  }

  forgetPeak(): Promise<number> {
    return this.call('forgetPeak');
  }

  versions(): Promise<Record<string, string>> {
    return this.call('versions');
  }

  async end(): Promise<void> {
    // What has ended already says so no more.
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  private async call<Method extends PeerMethod>(
    method: Method,
    ...args: Parameters<Peer[Method]>
  ): Promise<Awaited<ReturnType<Peer[Method]>>> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const replied = once(this.child, 'message', { signal });
    const exited = once(this.child, 'exit', { signal }).then(([code, by]) => {
      throw new Error(`${this.name}: the process ended with ${by ?? code} during ${method}.`);
    });
    this.child.send({ method, args } satisfies PeerCall);
    try {
      const [reply] = (await Promise.race([replied, exited])) as [PeerReply];
      if ('error' in reply) throw new Error(`${this.name}: ${method} failed: ${reply.error}`);
      return reply.value as Awaited<ReturnType<Peer[Method]>>;
    } finally {
      waiting.abort();
      await Promise.allSettled([replied, exited]);
    }
  }
}
