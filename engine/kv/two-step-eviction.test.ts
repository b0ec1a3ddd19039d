import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inTwoSteps } from './two-step-eviction.js';

/** Rows kept of history and new ones, by head, equally many. */
const given = fc
  .record({
    history: fc.nat(30),
    fresh: fc.integer({ min: 1, max: 30 }),
    keep: fc.integer({ min: 1, max: 30 }),
    orders: fc.array(fc.infiniteStream(fc.nat(1e6)), { minLength: 1, maxLength: 3 }),
  })
  .map(({ history, fresh, keep, orders }) => {
    const total = history + fresh;
    const kept = orders.map((order) => {
      const rows = Array.from({ length: total }, (_, row) => ({ row, lot: order.next().value ?? 0 }));
      rows.sort((a, b) => a.lot - b.lot || a.row - b.row);
      return Int32Array.from(rows.slice(0, Math.min(keep, total)), ({ row }) => row).sort();
    });
    return { history, total, kept };
  });

it('comes to the same rows in the end', () => {
  fc.assert(
    fc.property(given, ({ history, total, kept }) => {
      const { now, later } = inTwoSteps(kept, history, total);
      const end = later ? later.map((rows, head) => rows.map((row) => now[head][row])) : now;
      expect(end).toEqual(kept);
    }),
  );
});

it('keeps every row of earlier turns until then, in heads of one length', () => {
  fc.assert(
    fc.property(given, ({ history, total, kept }) => {
      const { now } = inTwoSteps(kept, history, total);
      for (const rows of now) {
        expect([...rows.slice(0, history)]).toEqual(Array.from({ length: history }, (_, row) => row));
        expect([...rows]).toEqual([...new Set(rows)].sort((a, b) => a - b));
      }
      expect(new Set(now.map((rows) => rows.length)).size).toBe(1);
    }),
  );
});

it('keeps of the new rows no more than the head that keeps most of them', () => {
  fc.assert(
    fc.property(given, ({ history, total, kept }) => {
      const { now } = inTwoSteps(kept, history, total);
      const most = Math.max(...kept.map((rows) => rows.filter((row) => row >= history).length));
      expect(now[0].length).toBe(history + most);
    }),
  );
});
