// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PyramidBridge } from '../../../electron/ipc/bridge.js';
import { setLanguage } from '../../../locales/words.js';

const opened: unknown[] = [];
let Markdown: typeof import('./Markdown.js').Markdown;

beforeAll(async () => {
  const openExternal = async (input: unknown) => {
    opened.push(input);
    return { ok: true, value: undefined };
  };
  window.pyramid = { openExternal } as unknown as PyramidBridge;
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  );
  ({ Markdown } = await import('./Markdown.js'));
  // What draws formulas is loaded with the first.
  const { container } = render(<Markdown text="$x$" />);
  await vi.waitFor(() => expect(container.querySelector('.katex')).not.toBeNull(), { timeout: 10_000 });
  cleanup();
});
afterEach(cleanup);

const shown = (text: string): HTMLElement => render(<Markdown text={text} />).container;

describe('an answer', () => {
  it('has its notes under a heading in the language of the window', () => {
    const text = 'Ebb[^1]\n\n[^1]: low water';
    expect(shown(text).querySelector('h3')?.textContent).toBe('Footnotes');
    cleanup();
    setLanguage('de');
    expect(shown(text).querySelector('h3')?.textContent).toBe('Fußnoten');
    setLanguage('en');
  });

  it('shows tables, code with its language, and lists', () => {
    const box = shown('| a | b |\n|:--|--:|\n| x | 12 |\n\n```python\nx = 1\n```\n\n- [x] done');
    expect(box.querySelector('td.r.num')?.textContent).toBe('12');
    expect(box.querySelector('.code-h')?.textContent).toContain('Python');
    expect(box.querySelector('input[type=checkbox]')).toHaveProperty('checked', true);
  });

  it('draws formulas, in the line or on one of their own, with words for screen readers', () => {
    const box = shown('Here \\(a^2\\) and $b$.\n\\[ c = \\frac{1}{2} \\]\n\n$5 and $6');
    expect(box.querySelectorAll('.katex')).toHaveLength(3);
    expect(box.querySelectorAll('.katex-display')).toHaveLength(1);
    expect(box.querySelectorAll('math')).toHaveLength(3);
    expect(box.textContent).toContain('$5 and $6');
  });

  it('shows a formula that is half written or wrong as it is', () => {
    expect(shown('so $$\\frac{1}{').textContent).toContain('\\frac{1}{');
    expect(shown('\\(\\nonsense{x}\\)').textContent).toContain('\\nonsense');
  });

  it('shows Mermaid as code, and runs nothing', () => {
    const box = shown('```mermaid\ngraph TD; A-->B\n```');
    expect(box.querySelector('pre')?.textContent).toBe('graph TD; A-->B');
    expect(box.querySelector('svg:not(.i)')).toBeNull();
  });

  it('wraps long lines of code when asked', () => {
    const box = shown('```\nlong\n```');
    fireEvent.click(screen.getByRole('button', { name: 'Wrap long lines, Code' }));
    expect(box.querySelector('.code-b.wraps')).not.toBeNull();
    expect(screen.getByRole('button', { name: 'Wrap long lines, Code', pressed: true })).toBeTruthy();
  });
});

/** What must not be in the page, whatever an answer says. */
const FORBIDDEN =
  'script, iframe, object, embed, img, video, audio, link, meta, style, base, form, svg image, svg use, [onclick], [onerror], [src], [srcset]';

describe('a hostile answer', () => {
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'a <b onclick="x()">b</b> <svg onload=alert(1)>',
    '<iframe src="https://evil.org"></iframe>\n\n<style>*{display:none}</style>',
    '![a](https://evil.org/p.png "t") ![b](data:image/svg+xml,<svg/onload=alert(1)>)',
    '[a]: https://evil.org/p.png\n\n![a][a] [x][a]',
    '$\\href{javascript:alert(1)}{x}$ $\\includegraphics{https://evil.org/a.png}$ $\\htmlStyle{position:fixed}{x}$',
    '```mermaid\ngraph TD; A[<img src=x onerror=alert(1)>]\n```',
    '```html\n<script>alert(1)</script>\n```',
    '<a href="javascript:alert(1)">x</a> <javascript:alert(1)> [x](<javascript:alert(1)>)',
  ])('loads and runs nothing: %j', (text) => {
    const box = shown(text);
    expect(box.querySelector(FORBIDDEN)).toBeNull();
    for (const { href } of box.querySelectorAll('a')) expect(href).toMatch(/^(https?|mailto):/);
  });

  it('of any marks and tags loads and runs nothing', () => {
    const piece = fc.constantFrom(
      ...[
        '<script>',
        '</script>',
        '<img src=x>',
        '[',
        '](',
        ')',
        'javascript:x',
        'https://evil.org',
        '!',
        '`',
        '```\n',
      ],
      ...[
        '$',
        '$$',
        '\\(',
        '\\)',
        '|',
        '\n',
        '\n\n',
        '> ',
        '- ',
        '**',
        '_',
        '\u202e',
        '<a href=',
        '"',
        '>',
        'x',
        '&#x6a;',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const box = shown(pieces.join(''));
        expect(box.querySelector(FORBIDDEN)).toBeNull();
        for (const { href } of box.querySelectorAll('a')) expect(href).toMatch(/^(https?|mailto):/);
        cleanup();
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  it('cannot lead elsewhere than it says', () => {
    const box = shown(
      '[https://bank.com](https://bank.com@evil.org/) [b\u200bank\u202emoc](https://evil.org/) [f](file:///etc/passwd)',
    );
    const [bank, hidden, ...others] = screen.getAllByRole('link');
    expect(others).toEqual([]);
    expect(box.textContent).toContain('https://bank.com (leads to evil.org)');
    expect(hidden.textContent).toBe('bank[U+202E]moc');
    fireEvent.click(bank);
    expect(opened).toEqual([{ url: 'https://bank.com@evil.org/' }]);
  });

  it('shows in code what would turn it round, and copies it as it is', () => {
    expect(shown('```c\nif (a\u202e) \u2066b\n```').querySelector('pre')?.textContent).toBe('if (a[U+202E]) [U+2066]b');
    expect(shown('say `a\u202eb`').textContent).toBe('say a[U+202E]b');
  });

  it('of 100 MB in one line is cut for the eye, and says so', () => {
    const box = shown('x'.repeat(100_000_000));
    expect(box.textContent).toContain('Too long for formatting: shown as it was written.');
    expect(box.textContent).toContain('99,800,000 characters are not shown here; Copy has all of them');
    expect(box.textContent?.length).toBeLessThan(201_000);
  });

  it('of 190,000 characters of code in one line stays code', () => {
    expect(shown(`\`\`\`\n${'x'.repeat(190_000)}\n\`\`\``).querySelector('pre')?.textContent).toHaveLength(190_000);
  });

  it.each(
    [
      '>',
      '> ',
      '1. ',
      '- ',
      '[',
      ']',
      '![',
      '*a **a ',
      '_a*b ',
      '[a](',
      '`',
      '$',
      '$$\n',
      '<',
      '|a',
      '|a|b|\n|-|-|\n',
    ].concat(...['* a\n', '  - a\n', '[^1]: ', '**_`[$', 'a@', 'http://', '<div>\n', '\\(', '&#', 'a\n']),
  )(
    'of nothing but %j holds nothing up',
    (piece) => {
      const text = piece.repeat(10_000 / piece.length);
      const before = process.cpuUsage();
      expect(shown(`x\n\n${text}`).textContent).not.toBe('');
      // What it works, whatever else the machine does; this page is some times slower than the window's.
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(5000);
    },
    30_000,
  );
});
