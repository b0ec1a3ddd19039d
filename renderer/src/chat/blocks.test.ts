import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOf, fencedCode } from './blocks.js';

const list = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}. item\n   more of it\n`).join('');

describe('blocks', () => {
  it('of a long list stay as they are while it grows', () => {
    const before = blocksOf(list(50));
    expect(before).toHaveLength(3);
    expect(before[1]).toMatch(/^21\. item/);
    expect(blocksOf(list(55)).slice(0, 2)).toEqual(before.slice(0, 2));
  });

  it('are the whole text', () => {
    const part = fc.constantFrom(
      '- a\n',
      '* b\n',
      '1. c\n',
      '  more\n',
      '\n',
      'text\n',
      '```\ncode\n```\n',
      '> q\n',
      '  - in\n',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 120 }), (parts) => {
        const text = parts.join('');
        expect(blocksOf(text).join('')).toBe(text);
      }),
    );
  });
});

describe('code', () => {
  it('is told from its fence', () => {
    expect(fencedCode('```ts title="a"\nlet a;\n\nlet b;\n```\n\n')).toEqual({
      code: 'let a;\n\nlet b;',
      language: 'ts',
      isClosed: true,
    });
    expect(fencedCode('~~~\na\n```\n~~~')).toMatchObject({ code: 'a\n```', isClosed: true });
    expect(fencedCode('````md\n```\nx\n```\n````')).toMatchObject({ code: '```\nx\n```' });
    expect(fencedCode('```py\nx = 1\n')).toEqual({ code: 'x = 1', language: 'py', isClosed: false });
    expect(fencedCode('```\n```')).toMatchObject({ code: '', isClosed: true });
  });

  it('is nothing that has more around it, or draws a formula', () => {
    for (const block of ['text', '```a```', '```\na\n```\nmore', '  ```\na\n  ```', '```math\nx\n```', '```py']) {
      expect(fencedCode(block)).toBeNull();
    }
  });
});
