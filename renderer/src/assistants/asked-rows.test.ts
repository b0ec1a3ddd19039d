import { afterEach, expect, it } from 'vitest';
import { setLanguage } from '../../../locales/words.js';
import { settingsLine } from './asked-rows.js';

afterEach(() => setLanguage('en'));

it('what an assistant sets is one line, in the window’s words', () => {
  const assistant = {
    ...{ id: 'a', name: 'Brief', systemPrompt: 'Be brief.' },
    ...{ sampling: { temperature: 0.1, topK: 20 }, maxTokens: 1300 },
    ...{ compression: { preset: 'compact' as const }, model: { file: 'tiny-Q4_0.gguf', hash: 'x' } },
  };
  expect(settingsLine(assistant)).toBe(
    'Temperature 0.1 · Top-k 20 · At most 1,300 tokens · Compression Compact · Model tiny',
  );
  setLanguage('de');
  expect(settingsLine(assistant)).toMatch(/^Temperatur 0,1 · .* 1\.300 Tokens · Komprimierung .* · Modell tiny$/);
});

it('one that sets nothing but a prompt has no line', () => {
  expect(settingsLine({ id: 'a', name: 'Brief', systemPrompt: 'Be brief.' })).toBe('');
});
