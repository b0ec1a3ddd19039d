import { EngineError, type EngineErrorCode, type EngineErrorShape } from '../../errors.js';
import { chooseCompression, leastBudgetBytes, sameChoice } from '../../kv/choose-compression.js';
import type { Compression } from '../../kv/compression.js';
import type { ChatCompression, KvType, SideName } from '../../types.js';
import type { ChatMemory } from '../chat-memory.js';
import type { Runtime } from '../load-runtime.js';
import type { ChatOutline, Fill } from './chat-snapshot.js';
import type { ParkedChats } from './parked-chats.js';
import { UselessSnapshot } from './snapshot-file.js';

const DEVICE_FAILURES: readonly EngineErrorCode[] = ['OUT_OF_MEMORY', 'DEVICE_LOST', 'RUNTIME_FAILED'];

/** A shorter text is read again sooner than its memory is written and found. */
const LEAST_PARKED = 256;

/** The one chat of an engine, made anew when its compression changes; others are parked on the disk, if they may be. */
export class ChatMemories {
  private memory: ChatMemory | null = null;
  /** Whose it is; null: nobody said so. */
  private chat: string | null = null;
  /** What `ChatMemory.changes.count` was when it was last as it is on the disk. */
  private parkedRevision: number | null = null;
  /** What `changes.texts` was when it was taken on from another chat: until something is read, it is not to be kept as this one's. */
  private othersText: number | null = null;
  /** One chat is taken up after the other. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly runtime: Runtime,
    /** For requests that name none. */
    readonly usual: ChatCompression,
    private readonly kvType?: KvType,
    /** Absent: nothing is written. */
    private readonly parked?: ParkedChats,
  ) {}

  /** The last one; empty once it was released. @throws EngineError ENGINE_NOT_READY where there was none yet */
  get current(): ChatMemory {
    if (this.memory) return this.memory;
    throw new EngineError('ENGINE_NOT_READY', 'This model was unloaded. Load it again.');
  }

  get currentChat(): string | null {
    return this.chat;
  }

  /**
   * What a prompt would be read under, and how much of it would not have to be.
   * @throws EngineError COMPRESSION_INVALID, KV_BUDGET_TOO_SMALL
   */
  outlook(choice: ChatCompression, prompt: readonly number[]): { compression: Compression; reused: number } {
    const { memory } = this;
    if (memory && sameChoice(memory.compression.choice, choice)) {
      return { compression: memory.compression, reused: memory.reusable(prompt) };
    }
    return { compression: this.compressionOf(choice), reused: 0 };
  }

  /**
   * The memory to answer in a chat with. Where nothing is parked of it, the present one goes on, for a text that begins
   * alike: but not where it would have to be copied first, for which nobody is to wait.
   * @throws EngineError COMPRESSION_INVALID, KV_BUDGET_TOO_SMALL; the chat is then as it was
   */
  under(choice: ChatCompression, chat: string | null = null): Promise<ChatMemory> {
    return this.inTurn(async () => {
      const compression = this.compressionOf(choice);
      const found = await this.resumed(chat, choice);
      if (found) this.replaceBy(found, found.changes.count);
      else if (chat !== this.chat) {
        if (this.isUnparked) this.replaceBy(await this.runtime.createMemory(compression));
        this.parkedRevision = null;
        this.othersText = this.memory?.changes.texts ?? null;
      }
      this.chat = chat;
      if (this.memory && sameChoice(this.memory.compression.choice, choice)) return this.memory;
      const made = await this.runtime.createMemory(compression);
      this.memory?.release();
      this.set(made);
      return made;
    });
  }

  /**
   * Something failed that used the device. If that was the device's fault, what it computed may be wrong for longer than is known: the chat is
   * then read from its beginning, next time.
   */
  failed(thrown: unknown): EngineErrorShape {
    const error = EngineError.from(thrown).toShape();
    if (this.runtime.info.device && DEVICE_FAILURES.includes(error.code)) this.memory?.clear();
    return error;
  }

  /** As of `Parking`. */
  takeUp(chat: string): Promise<boolean> {
    return this.inTurn(async () => {
      const found = await this.resumed(chat);
      if (found) {
        this.replaceBy(found, found.changes.count);
        this.chat = chat;
      } else if (chat !== this.chat) this.parkCopy();
      return chat === this.chat;
    });
  }

  /** As of `Parking`. */
  forget(chats: readonly string[]): Promise<void> {
    // Behind what takes one of them up just now; but nobody who asks next is to wait for the disk.
    const asked = this.inTurn(async () => {
      if (this.chat !== null && chats.includes(this.chat)) this.chat = null;
      return { removed: this.parked?.forget(chats) };
    });
    return asked.then(({ removed }) => removed);
  }

  /** As of `Parking`. */
  removeParked(): Promise<void> {
    const asked = this.inTurn(async () => {
      this.parkedRevision = null;
      return { removed: this.parked?.removeAll() };
    });
    return asked.then(({ removed }) => removed);
  }

  /** Parks what is in memory. */
  async release(): Promise<void> {
    await this.turn;
    if (this.memory) this.leave(this.memory);
    await this.parked?.settled();
  }

  /** @throws EngineError COMPRESSION_INVALID, KV_BUDGET_TOO_SMALL */
  compressionOf(choice: ChatCompression, contextLength = this.runtime.contextLength): Compression {
    const { info } = this.runtime;
    const forced = this.kvType ?? (info.precision === 'float32' && 'preset' in choice ? 'float32' : undefined);
    return chooseCompression(choice, { ...this.chosenFor(), contextLength }, forced);
  }

  /** What the sides of a comparison are under: the full cache is what an answer has without compression. */
  comparedSides(choice: ChatCompression = this.usual): Record<SideName, Compression> {
    return { full: this.compressionOf({ preset: 'off' }), compressed: this.compressionOf(choice) };
  }

  leastBudgetBytes(): number {
    return leastBudgetBytes(this.chosenFor());
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private get isUnparked(): boolean {
    const { parked, memory, chat } = this;
    if (!parked || !memory || chat === null || memory.tokens.length < LEAST_PARKED) return false;
    return memory.changes.count !== this.parkedRevision && memory.changes.texts !== this.othersText;
  }

  /** Of another chat than the present one; null: nothing is parked of it, or under another `choice` than it has to be. */
  private resumed(chat: string | null, choice?: ChatCompression): Promise<ChatMemory | null> {
    if (!this.parked || chat === null || chat === this.chat) return Promise.resolve(null);
    return this.parked.take(
      chat,
      async (outline, fill) => {
        const isWanted = !choice || sameChoice(outline.compression, choice);
        return isWanted ? this.resume(outline, fill) : null;
      },
      (memory) => memory.release(),
    );
  }

  private async resume(outline: ChatOutline, fill: Fill): Promise<ChatMemory> {
    const compression = this.compressionOf(outline.compression);
    const longest = Math.max(outline.tokens, ...outline.layers.map(({ capacity }) => capacity));
    if (compression.kvType !== outline.kvType) throw new UselessSnapshot('values are kept otherwise now');
    if (longest > this.runtime.contextLength) throw new UselessSnapshot('the context is shorter now');
    const memory = await this.runtime.createMemory(compression);
    try {
      await memory.resume(outline, fill);
      return memory;
    } catch (thrown) {
      memory.release();
      throw thrown;
    }
  }

  private replaceBy(memory: ChatMemory, parkedRevision?: number): void {
    if (this.memory) this.leave(this.memory);
    this.set(memory, parkedRevision);
  }

  private set(memory: ChatMemory, parkedRevision: number | null = null): void {
    this.memory = memory;
    this.parkedRevision = parkedRevision;
    this.othersText = null;
  }

  /** It is written as it is, and released when it was. */
  private leave(memory: ChatMemory): void {
    const snapshot = this.isUnparked ? memory.snapshot() : null;
    memory.changes.next();
    const release = () => memory.release();
    if (this.parked && this.chat !== null && snapshot) this.parked.park(this.chat, { snapshot, release });
    else release();
  }

  /** The memory stays, and may change while its copy is written. */
  private parkCopy(): void {
    const { parked, memory, chat } = this;
    const snapshot = this.isUnparked && memory ? memory.snapshot() : null;
    if (!parked || !memory || chat === null || !snapshot) return;
    const bytes = snapshot.arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
    // It is written when it is left.
    if (bytes > this.runtime.freeBytes() / 2) return;
    this.parkedRevision = memory.changes.count;
    const copied = { ...snapshot, arrays: snapshot.arrays.map((array) => array.slice()) };
    parked.park(chat, { snapshot: copied, release: () => undefined });
  }

  private chosenFor() {
    const { model, info } = this.runtime;
    const { contextLength, deviceType } = info;
    return { hash: model.info.hash, config: model.config, contextLength, deviceType };
  }
}
