import { chooseCompression, leastBudgetBytes, sameChoice } from '../kv/choose-compression.js';
import type { Compression } from '../kv/compression.js';
import type { ChatCompression, KvType } from '../types.js';
import type { ChatMemory } from './chat-memory.js';
import type { Runtime } from './load-runtime.js';

/** The one chat of an engine, made anew when its compression changes. */
export class ChatMemories {
  private memory: ChatMemory | null = null;

  constructor(
    private readonly runtime: Runtime,
    /** For requests that name none. */
    readonly usual: ChatCompression,
    private readonly kvType?: KvType,
  ) {}

  /** The last one; empty once it was released. */
  get current(): ChatMemory | null {
    return this.memory;
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

  /** @throws EngineError COMPRESSION_INVALID, KV_BUDGET_TOO_SMALL; the chat is then as it was */
  async under(choice: ChatCompression): Promise<ChatMemory> {
    if (this.memory && sameChoice(this.memory.compression.choice, choice)) return this.memory;
    const made = await this.runtime.createMemory(this.compressionOf(choice));
    this.memory?.release();
    this.memory = made;
    return made;
  }

  release(): void {
    this.memory?.release();
  }

  /** @throws EngineError COMPRESSION_INVALID, KV_BUDGET_TOO_SMALL */
  compressionOf(choice: ChatCompression, contextLength = this.runtime.contextLength): Compression {
    const { info } = this.runtime;
    const forced = this.kvType ?? (info.precision === 'float32' && 'preset' in choice ? 'float32' : undefined);
    return chooseCompression(choice, { ...this.chosenFor(), contextLength }, forced);
  }

  leastBudgetBytes(): number {
    return leastBudgetBytes(this.chosenFor());
  }

  private chosenFor() {
    const { model, info } = this.runtime;
    const { contextLength, deviceType } = info;
    return { hash: model.info.hash, config: model.config, contextLength, deviceType };
  }
}
