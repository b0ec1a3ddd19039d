import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { EngineErrorShape } from '../../errors.js';
import type { Tidiable } from '../../kv/compression.js';
import { MILDEST_FOR_OTHERS, TIDY_LEVELS } from '../../kv/tidy-levels.js';
import type { RepeatPrompt } from '../../text/repeat-prompt.js';
import type { TidyingEvent, TidyingOptions } from '../../tidying-types.js';
import type { ChatMemory } from '../chat-memory.js';
import type { IdleTime } from './idle-time.js';
import type { CompactingProgress } from './reconstruction.js';

/** After the last key so long nothing is begun. */
const COMPOSING_MS = 2000;
/** Whether there is something to do is looked at so often. */
const LOOK_MS = 500;
/** Below so much free memory, other programs are counted as asking for it. */
const SCARCE_BYTES = 512e6;
/** Less than this is not worth a pass to them. */
const LEAST_FREED_BYTES = 1e6;
/** … and where a budget cannot be met, a pass that would leave more than this share of the bytes. */
const MOST_LEFT = 7 / 8;
/** Runnable threads for each core, ours among them, from which on the computer has other things to do. */
const HIGH_LOAD = 1.5;

type Tell = (event: TidyingEvent) => void;

interface Subjects {
  memories: { readonly current: ChatMemory; failed(thrown: unknown): EngineErrorShape };
  freeBytes: () => number;
  prompt: RepeatPrompt;
  idle: IdleTime;
}

/** A chat on its way to fewer rows. */
interface Pass {
  memory: ChatMemory;
  bytesBefore: number;
  /** As of `TidyingEvent`. */
  planned: readonly number[];
  steps: AsyncGenerator<CompactingProgress, void, void>;
}

/** Compacts the chat at hand while nothing else runs, where less memory is asked for. */
export class IdleTidying {
  private composedAt = Number.NEGATIVE_INFINITY;
  private pass: Pass | null = null;
  /** The text of the last pass that was begun: it is not tried again, but further, for it. */
  private last: { memory: ChatMemory; revision: number; share: number } | null = null;
  /** What is read now will be tidied. */
  isOn = false;
  ended: Promise<void> = Promise.resolve();

  constructor(private readonly subjects: Subjects) {}

  composing(): void {
    this.composedAt = performance.now();
  }

  /** Resolves when the signal is aborted, and nothing is held of a pass any more. */
  run(tell: Tell, options: TidyingOptions): Promise<void> {
    const watched = this.ended.then(() => this.watch(tell, options));
    this.ended = watched.catch(() => undefined);
    return watched;
  }

  private async watch(tell: Tell, options: TidyingOptions): Promise<void> {
    const { signal } = options;
    this.isOn = true;
    try {
      while (!signal.aborted) {
        if (this.mayWork(options)) await this.subjects.idle.run((stop) => this.work(tell, stop), signal);
        if (!this.pass || !this.mayWork(options)) await pause(LOOK_MS, undefined, { signal, ref: false });
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    } finally {
      this.isOn = false;
      await this.giveUp();
      this.last = null;
    }
  }

  private mayWork({ underLoad = false }: TidyingOptions): boolean {
    return !this.isComposing && (underLoad || !isLoaded());
  }

  private get isComposing(): boolean {
    return performance.now() - this.composedAt < COMPOSING_MS;
  }

  private begin(tell: Tell): Pass | null {
    const { memories, prompt, freeBytes } = this.subjects;
    const memory = memories.current;
    if (memory.tokens.length === 0) return null;
    const revision = memory.changes.count;
    if (this.last?.memory !== memory || this.last.revision !== revision) this.last = null;
    const share = this.wantedShare(memory);
    if (share === null || (this.last && share >= this.last.share)) return null;
    this.last = { memory, revision, share };
    const pass = {
      memory,
      bytesBefore: memory.stats().bytesInUse,
      planned: memory.planOf(share).rows,
      steps: memory.compact(share, prompt, freeBytes),
    };
    memory.changes.untilNext(() => {
      if (this.pass !== pass) return;
      // What fails on a device that was lost is told by who uses it next.
      void this.giveUp().catch(() => undefined);
      tell({ type: 'outdated' });
    });
    return pass;
  }

  /** The mildest share of all rows that gives what is asked for; null: nothing is, or nothing can. */
  private wantedShare(memory: ChatMemory): number | null {
    const { compression } = memory;
    const { bytesInUse, keptFraction } = memory.stats();
    const { budgetBytes, tidying, choice } = compression;
    if (budgetBytes !== null && bytesInUse > budgetBytes) return tidying && shareForBudget(memory, tidying);
    const keepsAll = 'config' in choice || ('preset' in choice && choice.preset === 'off');
    if (keepsAll || this.subjects.freeBytes() >= SCARCE_BYTES) return null;
    const isWorthIt = (level: number) => bytesInUse * (1 - level / keptFraction) >= LEAST_FREED_BYTES;
    return MILDEST_FOR_OTHERS.find(isWorthIt) ?? null;
  }

  /** Goes on until the pass ends, a request comes, or the user begins to write. */
  private async work(tell: Tell, stop: AbortSignal): Promise<void> {
    // Only now: while a text is read, what is held of it says nothing.
    this.pass ??= this.begin(tell);
    const { pass } = this;
    if (!pass) return;
    let told = -1;
    try {
      while (!stop.aborted && !this.isComposing) {
        const { value, done } = await pass.steps.next();
        if (done) return this.end(pass, tell);
        if (value.done !== told) tell({ type: 'tidying', ...value, planned: pass.planned });
        told = value.done;
      }
    } catch (thrown) {
      this.pass = null;
      tell({ type: 'error', error: this.subjects.memories.failed(thrown) });
    }
  }

  private end({ memory, bytesBefore }: Pass, tell: Tell): void {
    this.pass = null;
    if (this.last) this.last.revision = memory.changes.count;
    const kv = memory.stats();
    tell({ type: 'tidied', freedBytes: bytesBefore - kv.bytesInUse, kv });
  }

  private async giveUp(): Promise<void> {
    const { pass } = this;
    this.pass = null;
    await pass?.steps.return();
  }
}

/** Where pins, or the present answer, leave no share that fits: one that frees enough; else it would be tried every turn. */
function shareForBudget(memory: ChatMemory, { level, fits }: Tidiable): number | null {
  const mildest = level(memory.tokens.length);
  if (mildest === null) return null;
  const fitting = TIDY_LEVELS.find((share) => share <= mildest && fits(memory.planOf(share).bytes));
  if (fitting !== undefined) return fitting;
  return memory.planOf(mildest).bytes <= MOST_LEFT * memory.stats().bytesInUse ? mildest : null;
}

/** Windows does not say: there it never is. */
function isLoaded(): boolean {
  return loadavg()[0] > HIGH_LOAD * availableParallelism();
}
