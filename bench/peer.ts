import { writeFile } from 'node:fs/promises';
import type { ChatMessage, CompressionChoice } from '../engine/types.js';

export interface LoadOptions {
  /** A GGUF file. */
  modelPath: string;
  /** Where converted models are kept, by engines that convert. */
  cacheFolder: string;
  threads: number;
  /** On a graphics processor: ours by WebGPU, the other by Vulkan. */
  device?: 'cpu' | 'webgpu';
  /** Tokens. */
  contextLength: number;
  /** Of the engine that has such a thing. */
  compression?: CompressionChoice;
}

/** The same prompt in the two forms that engines take. */
export interface Prompt {
  messages: ChatMessage[];
  /** What `messages` come to, [tokens]. */
  tokenIds: number[];
}

/** What the benchmark asks of an engine. Each runs in a process of its own, so that its memory can be told. */
export interface Peer {
  /** → milliseconds until it could answer. */
  load(options: LoadOptions): Promise<number>;
  /** → milliseconds from the request to the first token; a common start with what was read last is not read again. */
  firstToken(prompt: Prompt): Promise<number>;
  /** Answers greedily. → milliseconds between tokens, `tokens` of them unless the model ends its answer earlier. */
  decode(prompt: Prompt, tokens: number): Promise<number[]>;
  /** Largest resident memory of the process so far. */
  peakBytes(): Promise<number>;
  /** Forgets the peak so far, where the system can (Linux). → resident bytes now */
  forgetPeak(): Promise<number>;
  /** Of what it is made of. */
  versions(): Promise<Record<string, string>>;
}

export type PeerMethod = keyof Peer;

export interface PeerCall {
  method: PeerMethod;
  args: unknown[];
}

export type PeerReply = { value: unknown } | { error: string };

/** proc(5), clear_refs. */
const RESET_PEAK = '5';

/** Tells how long an engine takes from the instants at which its tokens come. */
export abstract class TimedPeer implements Peer {
  abstract load(options: LoadOptions): Promise<number>;
  abstract versions(): Promise<Record<string, string>>;
  /** Answers greedily. → the instants at which tokens came, milliseconds. */
  protected abstract tokenTimes(prompt: Prompt, maxTokens: number): Promise<number[]>;

  async firstToken(prompt: Prompt): Promise<number> {
    const start = performance.now();
    const [first] = await this.tokenTimes(prompt, 1);
    return first - start;
  }

  async decode(prompt: Prompt, tokens: number): Promise<number[]> {
    const times = await this.tokenTimes(prompt, tokens + 1);
    return times.slice(1).map((time, i) => time - times[i]);
  }

  async peakBytes(): Promise<number> {
    return process.resourceUsage().maxRSS * 1024;
  }

  async forgetPeak(): Promise<number> {
    if (process.platform === 'linux') await writeFile('/proc/self/clear_refs', RESET_PEAK);
    return process.memoryUsage.rss();
  }
}

/** Answers the calls of the process that forked this one, and ends with it. */
export function serve(peer: Peer): void {
  process.once('disconnect', () => process.exit());
  process.on('message', async ({ method, args }: PeerCall) => {
    const call = peer[method] as (...args: unknown[]) => Promise<unknown>;
    const reply: PeerReply = await call.apply(peer, args).then(
      (value) => ({ value }),
      (error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
    process.send?.(reply);
  });
}
