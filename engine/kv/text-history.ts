/** Places in the text of the first and the last token that was dropped, from some layer or head. */
export interface DroppedSpan {
  lowest: number;
  highest: number;
}

/** A time at which tokens were dropped, in view of the text up to there: so many tokens had been seen. */
export interface Loss extends DroppedSpan {
  at: number;
}

export function united(a: DroppedSpan | null, b: DroppedSpan | null): DroppedSpan | null {
  if (!a || !b) return a ?? b;
  return { lowest: Math.min(a.lowest, b.lowest), highest: Math.max(a.highest, b.highest) };
}

/** When which part of a text lost tokens: says how much of the cache an edit leaves right. */
export class TextHistory {
  private losses: Loss[] = [];

  get noted(): readonly Loss[] {
    return this.losses;
  }

  rebuild(noted: readonly Loss[]): void {
    this.losses = [...noted];
  }

  note(at: number, { lowest, highest }: DroppedSpan): void {
    this.losses.push({ at, lowest, highest });
  }

  /**
   * Most tokens of the cache that may stay where the text is unchanged up to `unchanged`: they are as if the rest had
   * never been. What a later text made drop is missing, and within a stretch of which tokens were dropped one cannot cut.
   * @param wanted at most so many
   */
  reusable(unchanged: number, wanted = unchanged): number {
    let place = wanted;
    for (;;) {
      const cut = this.losses.find(({ at, lowest, highest }) => {
        const touched = place > lowest;
        return touched && (at > unchanged || place <= highest);
      });
      if (!cut) return place;
      place = cut.lowest;
    }
  }

  /** The text was cut to so many tokens. */
  truncate(tokens: number): void {
    this.losses = this.losses.filter(({ lowest }) => lowest < tokens);
  }
}

/** Tokens with which both texts begin. */
export function commonPrefixLength(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((token, i) => token !== b[i]);
  return differing < 0 ? a.length : differing;
}
