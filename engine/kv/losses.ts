import type { KvCache } from './kv-cache.js';
import { DropLog } from './survival.js';
import { type DroppedSpan, type Loss, TextHistory } from './text-history.js';

/** What belongs to the bytes of `Losses.arrays`. */
export interface LossesOutline {
  history: readonly Loss[];
  /** Of each drop. */
  turns: readonly number[];
  turn: number;
  attention: readonly (number | null)[];
}

/** What a chat's cache lost: when and to what attention, in which turn each token, and how much of it an edit leaves right. */
export class Losses {
  private readonly history = new TextHistory();
  private readonly drops: DropLog;
  /** Of the conversation, 1 = first: that of the last prompt. */
  private turn = 1;
  private attention: readonly (number | null)[] = [];

  constructor(private readonly cache: KvCache) {
    this.drops = new DropLog(cache.shape.numLayers);
  }

  /** So many times something was dropped, or may have been. */
  get count(): number {
    return this.drops.count;
  }

  /** The share of its attention that a layer lost at the last selection over all of the text; null: none. */
  lostAttention(layer: number): number | null {
    return this.attention[layer] ?? null;
  }

  /** Of `tokens` seen: what was dropped before is told apart from what the new turn makes drop. */
  beginTurn(turn: number, tokens: number): void {
    this.find(tokens);
    this.turn = turn;
  }

  /** All of a prompt of `tokens` was selected from; `dropped`: between which places; null: nothing. */
  promptSelected(tokens: number, dropped: DroppedSpan | null, lostAttention: readonly (number | null)[]): void {
    this.attention = lostAttention;
    if (dropped) this.history.note(tokens, dropped);
    this.drops.happened(this.turn);
  }

  /** As an answer grew to `tokens`; `lostAttention`: if all of the text was selected from. */
  dropped(tokens: number, dropped: DroppedSpan | null, lostAttention = this.attention): void {
    this.attention = lostAttention;
    if (!dropped) return;
    this.history.note(tokens, dropped);
    this.drops.happened(this.turn, dropped.lowest);
  }

  /** Whether somebody looked since the last drop. */
  get areFound(): boolean {
    return this.drops.isNoted;
  }

  /** Looks for what the last drop took of so many tokens: before the next one, or as somebody wants to know. */
  find(tokens: number): void {
    this.drops.note(this.cache, tokens);
  }

  /** Most tokens that may stay where the text is unchanged up to `unchanged`, at most `wanted`: see `TextHistory`. */
  reusable(unchanged: number, wanted = unchanged): number {
    return this.history.reusable(unchanged, wanted);
  }

  /** Of the tokens that were looked at last. */
  byToken(): { droppedIn: Uint16Array<ArrayBuffer>; droppedAt: Uint32Array<ArrayBuffer>[] } {
    return { droppedIn: this.drops.lastDropped(), droppedAt: this.drops.byLayer() };
  }

  /** Of `tokens` seen. */
  outline(tokens: number): LossesOutline {
    this.find(tokens);
    const { history, drops, turn, attention } = this;
    return { history: history.noted, turns: drops.turnOfEach, turn, attention };
  }

  /** Views of all that is to be kept, in one order … */
  arrays(): Uint8Array[] {
    return this.drops.arrays();
  }

  /** … and, after this, to be filled. */
  rebuild({ history, turns, turn, attention }: LossesOutline, tokens: number): void {
    this.history.rebuild(history);
    this.drops.rebuild(turns, tokens);
    this.turn = turn;
    this.attention = attention;
  }

  /** The text was cut to so many tokens. */
  truncate(tokens: number): void {
    this.history.truncate(tokens);
    this.drops.truncate(tokens);
  }

  clear(): void {
    this.truncate(0);
    this.attention = [];
  }
}
