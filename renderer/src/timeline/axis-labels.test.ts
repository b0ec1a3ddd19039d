import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apart, axisLabels } from './axis-labels.js';

describe('labels of the time axis', () => {
  it('name the prompt, where it ends, and the end', () => {
    const marks = [{ name: 'turn 1', startMs: 0, promptEndMs: 1600 }];
    const labels = axisLabels(marks, 4700, 328, (ms) => (ms / 4700) * 292);
    expect(labels.map(({ text }) => text)).toEqual(['4.7 s', '1.6 s', 'prompt read']);
    const long = axisLabels(marks, 9400, 328, (ms) => (ms / 9400) * 292);
    expect(long.map(({ text }) => text)).toEqual(['9.4 s', '1.6 s']);
  });

  it('name every turn that has room, and the last one always', () => {
    const marks = [
      { name: 'turn 1', startMs: 0, promptEndMs: 400 },
      { name: 'turn 2', startMs: 500, promptEndMs: 700 },
      { name: 'read again', startMs: 960, promptEndMs: 990 },
    ];
    const toX = (ms: number) => (ms / 1000) * 292;
    expect(axisLabels(marks, 1000, 328, toX).map(({ text }) => text)).toEqual(['read again, 1.0 s', 'turn 1']);
    const wide = axisLabels(marks.slice(0, 2), 1000, 328, toX);
    expect(wide.map(({ text }) => text)).toEqual(['1.0 s', 'turn 2', 'turn 1']);
  });

  it('never touch or leave their line', () => {
    const turn = fc.record({ read: fc.integer({ min: 1, max: 9000 }), write: fc.integer({ min: 0, max: 90_000 }) });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 30 }), (turns) => {
        let ms = 0;
        const marks = turns.map(({ read, write }, i) => {
          const mark = { name: `turn ${i + 1}`, startMs: ms, promptEndMs: ms + read };
          ms += read + write;
          return mark;
        });
        const boxes = axisLabels(marks, ms, 328, (at) => (at / ms) * 292)
          .map(({ text, left }) => ({ left, right: left + text.length * 6.4 }))
          .toSorted((a, b) => a.left - b.left);
        expect(boxes.length).toBeGreaterThan(0);
        boxes.forEach(({ left, right }, i) => {
          expect(left).toBeGreaterThanOrEqual(i > 0 ? boxes[i - 1].right : 0);
          expect(right).toBeLessThanOrEqual(328);
        });
      }),
    );
  });

  it('beside the chart stand apart', () => {
    expect(apart(10, 40, 13, 52)).toEqual([10, 40]);
    expect(apart(10, 12, 13, 52)).toEqual([10, 23]);
    expect(apart(50, 51, 13, 52)).toEqual([39, 52]);
  });
});
