import { expect, test } from 'vitest';
import { prefillMarkdown, replaceSection, speedMarkdown } from './report.js';
import type { SpeedResult } from './speed.js';
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

test('growth is drawn over the lengths, a line for each preset', () => {
  const row = { name: 'off', ratio: 1, peakBytes: 5e8, loadedBytes: 4e8 };
  const rows = [256, 512].map((tokens) => ({ ...row, tokens, firstTokenMs: 2 * tokens }));
  const text = prefillMarkdown(rows);
  expect(text).toContain('x-axis "tokens of the prompt" [256, 512]');
  expect(text).toContain('line [2.00, 2.00]');
  expect(text).toContain('line [100.00, 100.00]');
});

test('a line says median, quartiles and ratio of every preset; what llama.cpp does not do stays empty', () => {
  const decode = { what: 'decode', tokens: 128, llama: quartiles([12, 12, 12]) } as const;
  const result: SpeedResult = {
    rows: [
      { what: 'import', tokens: null, preset: 'faithful', ours: quartiles([1234.5]), llama: null, ratio: null },
      { ...decode, preset: 'paper', ours: quartiles([6]), ratio: 2 },
      { ...decode, preset: 'off', ours: quartiles([8, 9, 10]), ratio: 4 / 3 },
    ],
    peakBytes: { llama: 2e8, off: 3e8, faithful: 2e8, compact: 1e8, paper: 1e8, importing: 4e8 },
    wordWork: { promptMs: 3.21, tokenMs: 0.12 },
    versions: {},
  };
  const text = speedMarkdown(result, { off: 0.004, faithful: 0.0061, compact: 0.01, paper: 0.2 });
  expect(text).toContain('| First load, with import |  |  |  | 1235 |  |  |');
  expect(text).toContain('| Each further token | 128 | 12.0 (12.0–12.0) | 9.0 (8.5–9.5), 1.33× |  |  | 6.0, 2.00× |');
  expect(text).toContain('| … of llama.cpp’s |  | 1.50 | 1.00 | 0.50 | 0.50 |');
  expect(text).toContain('| KL to float32 |  | 0.004 | 0.0061 | 0.01 | 0.2 |');
  expect(text).toContain('takes 0.12 ms, 2.0 % of the shortest');
  expect(speedMarkdown(result, null)).not.toContain('KL');
});
