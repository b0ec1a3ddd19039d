const EMPTY = -1;
const FIELDS = 4;

/** Pairs of token ids that merge, each with its rank and the id of the merged token: a hash table in one array. */
export class MergeTable {
  /** Per slot: left id, right id, rank, merged id. [slots · 4] */
  private readonly slots: Int32Array;
  private readonly mask: number;

  constructor(capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(capacity, 1) * 2));
    this.slots = new Int32Array(slots * FIELDS).fill(EMPTY);
    this.mask = slots - 1;
  }

  /** The first of two equal pairs counts. */
  add(left: number, right: number, rank: number, merged: number): void {
    const slot = this.find(left, right);
    if (this.slots[slot] === EMPTY) this.slots.set([left, right, rank, merged], slot);
  }

  /** Where the pair stands or would stand, for `rankAt` and `mergedAt`. */
  find(left: number, right: number): number {
    const { slots, mask } = this;
    let index = (Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)) >>> 0;
    for (index ^= index >>> 15; ; index++) {
      const slot = (index & mask) * FIELDS;
      if (slots[slot] === EMPTY || (slots[slot] === left && slots[slot + 1] === right)) return slot;
    }
  }

  /** −1 if the pair does not merge. */
  rankAt(slot: number): number {
    return this.slots[slot + 2];
  }

  mergedAt(slot: number): number {
    return this.slots[slot + 3];
  }
}
