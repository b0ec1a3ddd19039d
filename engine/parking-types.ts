/** Where the memory of a chat is kept while another is in use. What the chat says can be told from it. */
export interface ParkingOptions {
  folder: string;
  /** Of all files; default: 2 GB. Never more than a tenth of what the disk has free. */
  mostBytes?: number;
}

export interface Parking {
  /** The chat that the memory is of; null: of none that was named. */
  readonly currentChat: string | null;
  /**
   * Somebody looks at a chat: its memory is taken up if it is parked; the one before it is parked in any case.
   * @returns whether the memory is now that of the chat; it is not where nothing is parked, or an answer is being written
   */
  takeUp(chatId: string): Promise<boolean>;
  /** Chats that were deleted. What is in memory of them stays, as nobody's. */
  forget(chatIds: readonly string[]): Promise<void>;
  /** Removes this model's files. The chats are there still: what is in memory is parked again when it is left. */
  removeAll(): Promise<void>;
}
