import type { ChatMemory } from '../runtime/chat-memory.js';
import type { Runtime } from '../runtime/load-runtime.js';

/** A runtime for memories that must be gone before it is, whether or not somebody reads a comparison to its end. */
export class LentRuntime {
  private memories: ChatMemory[] = [];

  constructor(private readonly runtime: Runtime) {}

  /** To the next comparison: the one before has ended, and released what it had. */
  lend(): Pick<Runtime, 'createMemory' | 'tokenizer' | 'template'> {
    this.memories = [];
    const { tokenizer, template } = this.runtime;
    const createMemory: Runtime['createMemory'] = async (compression) => {
      const memory = await this.runtime.createMemory(compression);
      this.memories.push(memory);
      return memory;
    };
    return { tokenizer, template, createMemory };
  }

  release(): void {
    for (const memory of this.memories) memory.release();
  }
}
