import { EngineError } from '../errors.js';
import type { KvType } from '../types.js';
import type { ChatMemory } from './chat-memory.js';
import type { ModelSessions } from './model-sessions.js';
import { BatchDecoder, type BatchRow } from './writing/batch-decoder.js';

/** Several chats of one model that are written at once. Who takes part may change from token to token. */
export class ChatBatch {
  private constructor(private readonly decoder: BatchDecoder) {}

  /** As `BatchDecoder.create`. */
  static async create(sessions: ModelSessions, kvType: KvType, seats: number): Promise<ChatBatch> {
    return new ChatBatch(await BatchDecoder.create(sessions, kvType, seats));
  }

  /** Chats that have room in a run; a run takes as long with fewer. */
  get seats(): number {
    return this.decoder.seats;
  }

  /**
   * `ChatMemory.append` for each chat, in one run.
   * @returns logits of each, [vocabSize], in their order; valid until the next run
   * @throws EngineError REQUEST_INVALID, with all chats as they were; RUNTIME_FAILED, OUT_OF_MEMORY: either all have their
   *   token then, or none has
   */
  async append(chats: readonly { memory: ChatMemory; token: number }[]): Promise<Float32Array[]> {
    // Before any chat makes room for its token.
    const problem = this.problemOf(chats.map(({ memory }) => memory));
    if (problem) throw new EngineError('REQUEST_INVALID', problem);
    const appending = chats.map(({ memory, token }) => memory.appending(token));
    const rows: BatchRow[] = [];
    for (const one of appending) rows.push((await one.next()).value as BatchRow);
    const logits = await this.decoder.run(rows);
    const failures: unknown[] = [];
    for (const [i, one] of appending.entries()) {
      // One after another, as what they drop is found by one session; and all of them, whatever fails.
      await one.next((layer) => this.decoder.queries(layer, i)).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
    return logits;
  }

  /**
   * Lets go of the K/V of the chats that were written last, which it holds for their next token. For when one of them
   * leaves or is read on and no other is written soon: else that memory stays taken.
   */
  rest(): void {
    this.decoder.unbind();
  }

  /** Waits for the run under way. Before the runtime is released. */
  release(): Promise<void> {
    return this.decoder.release();
  }

  private problemOf(memories: readonly ChatMemory[]): string | null {
    const { kvType, seats } = this.decoder;
    if (memories.length === 0) return 'There is no chat to be written. Give one at least.';
    if (memories.length > seats) {
      return `${memories.length} chats cannot be written at once here: there is room for ${seats}. Make a larger batch.`;
    }
    if (new Set(memories).size < memories.length) {
      return 'A chat cannot be written twice at once: its second token stands behind its first.';
    }
    const other = memories.find(({ compression }) => compression.kvType !== kvType);
    return other
      ? `A chat has its K/V in ${other.compression.kvType}, and this batch is for ${kvType}. Make one for that type.`
      : null;
  }
}
