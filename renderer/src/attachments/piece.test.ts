import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileAsPiece, pieceKey, pieceOf } from './piece.js';

describe('a piece of a message', () => {
  it('is a file when its name stands around it, and the model gets both', () => {
    const source = fileAsPiece('report.pdf', 'All is well.');
    expect(source).toBe('[File: report.pdf]\nAll is well.\n[End of file: report.pdf]');
    const { name, kind, words } = pieceOf(source);
    expect({ name, kind }).toEqual({ name: 'report.pdf', kind: 'PDF' });
    expect(source.slice(words.from, words.to)).toBe('All is well.');
    expect(pieceOf(fileAsPiece('a.DOCX', 'x')).kind).toBe('DOCX');
    expect(pieceOf(fileAsPiece('main.rs', 'x')).kind).toBe('text');
  });

  it('is pasted otherwise, and called by its first line', () => {
    expect(pieceOf('\n\n Log of today\nmore')).toEqual({
      name: 'Log of today',
      kind: 'pasted',
      words: { from: 0, to: 20 },
    });
    expect(pieceOf('[File: a.txt]\nno end').kind).toBe('pasted');
    expect(pieceOf(' \n ').name).toBe('Pasted text');
  });

  it('keeps name and text, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 80 }), fc.string(), (name, text) => {
        const source = fileAsPiece(name, text);
        const piece = pieceOf(source);
        expect(piece.kind).not.toBe('pasted');
        expect(source.slice(piece.words.from, piece.words.to)).toBe(text);
        expect(fileAsPiece(piece.name, text)).toBe(source);
      }),
    );
  });

  it('has a name that hides nothing', () => {
    expect(pieceOf(fileAsPiece('a\u202efdp.exe\n]', 'x')).name).toBe('a fdp.exe ]');
  });

  it('is told apart from others by its key', () => {
    expect(pieceKey('a')).toBe(pieceKey('a'));
    expect(new Set(['a', 'b', 'ab', 'ba', ''].map(pieceKey)).size).toBe(5);
  });
});
