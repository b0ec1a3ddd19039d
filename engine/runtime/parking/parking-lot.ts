import type { Parking } from '../../types.js';
import type { IdleTime } from '../idle/idle-time.js';
import type { ChatMemories } from './chat-memories.js';

/** Chats are parked and taken up beside answers, never in one. */
export class ParkingLot implements Parking {
  constructor(
    private readonly memories: ChatMemories,
    private readonly idle: IdleTime,
    private readonly isClosed: () => boolean,
  ) {}

  get currentChat(): string | null {
    return this.memories.currentChat;
  }

  async takeUp(chatId: string): Promise<boolean> {
    await this.idle.begin();
    try {
      return !this.isClosed() && (await this.memories.takeUp(chatId));
    } finally {
      this.idle.end();
    }
  }

  forget(chatIds: readonly string[]): Promise<void> {
    return this.memories.forget(chatIds);
  }

  removeAll(): Promise<void> {
    return this.memories.removeParked();
  }
}
