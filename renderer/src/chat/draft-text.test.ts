import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftAfterInput, draftAfterPaste } from './draft-text.js';

const long = 'x'.repeat(5000);

describe('the draft', () => {
  it('keeps what is typed as typed', () => {
    expect(draftAfterInput({ text: 'Hell', pasted: [] }, 'Hello')).toEqual({ text: 'Hello', pasted: [] });
    expect(draftAfterInput({ text: 'Hello', pasted: ['p'] }, '')).toEqual({ text: '', pasted: ['p'] });
  });

  it('keeps a long piece as one line, and the words around it', () => {
    expect(draftAfterInput({ text: 'Read: . Why?', pasted: [] }, `Read: ${long}. Why?`)).toEqual({
      text: 'Read: . Why?',
      pasted: [long],
    });
    expect(draftAfterPaste({ text: 'Read', pasted: [] }, long)).toEqual({ text: 'Read', pasted: [long] });
    expect(draftAfterPaste({ text: 'Read', pasted: [] }, 'short')).toBeNull();
  });

  it('keeps shorter pieces as lines, too, once the box holds much', () => {
    const full = { text: 'z'.repeat(19_900), pasted: [] };
    const piece = 'x'.repeat(300);
    expect(draftAfterPaste(full, piece)).toEqual({ ...full, pasted: [piece] });
    expect(draftAfterInput(full, `${full.text}${piece}`)).toEqual({ ...full, pasted: [piece] });
    expect(draftAfterPaste({ ...full, text: 'z'.repeat(30_000) }, 'a name')).toBeNull();
    expect(draftAfterInput(full, `${full.text}a few words`).pasted).toEqual([]);
  });

  it('loses no character, wherever a piece is put in', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.constantFrom('ab', long, `${long}\n`), (before, place, piece) => {
        const at = place % (before.length + 1);
        const next = before.slice(0, at) + piece + before.slice(at);
        const draft = draftAfterInput({ text: before, pasted: [] }, next);
        expect(draft.text.length + draft.pasted.join('').length).toBe(next.length);
        expect(draft.text.length).toBeLessThanOrEqual(before.length + 4000);
      }),
    );
  });

  it('takes a megabyte in well under a frame’s worth of seconds', () => {
    const start = performance.now();
    draftAfterInput({ text: '', pasted: [] }, 'y'.repeat(1_000_000));
    expect(performance.now() - start).toBeLessThan(200);
  });
});
