import { expect, test } from 'vitest';
import { prefillMarkdown, replaceSection, speedMarkdown } from './report.js';
import { quartiles } from './statistics.js';

test('a section is replaced whole, the rest stays, and again', () => {
  const document = 'Before.\n<!-- speed: begin -->\nold\nlines\n<!-- speed: end -->\nAfter.\n';
  const replaced = replaceSection(document, 'speed', 'new');
  expect(replaced).toBe('Before.\n<!-- speed: begin -->\nnew\n<!-- speed: end -->\nAfter.\n');
  expect(replaceSection(replaced, 'speed', 'new')).toBe(replaced);
});

test('a document without the section is refused', () => {
  expect(() => replaceSection('Nothing here.', 'speed', 'new')).toThrow('section speed');
});

test('each length has a table, each contender a row', () => {
  const row = { name: 'paper', tokens: 4096, firstTokenMs: 4000, ratio: 0.8, peakBytes: 5e8, loadedBytes: 4e8 };
  const text = prefillMarkdown([{ ...row, name: 'off', tokens: 512 }, row]);
  expect(text.indexOf('512 tokens:')).toBeLessThan(text.indexOf('4096 tokens:'));
  expect(text).toContain('| paper | 4000 | 0.80 | 500 MB | 100 MB |');
});

test('a row says median, quartiles and ratio; what llama.cpp does not do stays empty', () => {
  const text = speedMarkdown({
    rows: [
      { what: 'import', tokens: null, ours: quartiles([1234.5]), llama: null, ratio: null },
      { what: 'decode', tokens: 128, ours: quartiles([8, 9, 10]), llama: quartiles([12, 12, 12]), ratio: 0.75 },
    ],
    peakBytes: { importing: 1e8, ours: 3e8, llama: 2e8 },
    versions: {},
  });
  expect(text).toContain('| First load, with import |  | 1235 |  |  |');
  expect(text).toContain('| Each further token | 128 | 9.0 (8.5–9.5) | 12.0 (12.0–12.0) | 0.75 |');
  expect(text).toContain('| All runs above | 300 MB | 200 MB | 1.50 |');
});
