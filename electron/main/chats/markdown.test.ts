import { expect, it } from 'vitest';
import { setLanguage } from '../../../locales/words.js';
import type { DatedMessage } from '../../ipc/chat-shapes.js';
import { answer, question, summary } from './fixtures/samples.js';
import { toMarkdown } from './markdown.js';

const MESSAGES = [
  { ...question('q', null, 'Hello'), pasted: ['```\ncode\n```', 'two'] },
  answer('a', 'q', 'Hi **you**'),
  answer('b', 'q', 'Other'),
].map((message) => ({ ...message, createdAt: 0 }) as DatedMessage);

it('is the branch that is shown, with what was pasted as it is', () => {
  expect(toMarkdown({ ...summary('c', { leafId: 'a', title: 'A\n#b' }), createdAt: 0, messages: MESSAGES })).toBe(
    '# A #b\n\n1970-01-01\n\n## You\n\nHello\n\n````\n```\ncode\n```\n````\n\n```\ntwo\n```\n\n## SmolLM2 135M Instruct\n\nHi **you**\n',
  );
});

it('quotes the system prompt that the chat has of its own', () => {
  const withPrompt = (systemPrompt: string) =>
    toMarkdown({ ...summary('c', { leafId: 'q', settings: { systemPrompt } }), createdAt: 0, messages: MESSAGES });
  expect(withPrompt('Be brief.\r\n\n# Always\n- in rhymes ')).toContain(
    '1970-01-01\n\n> **System prompt**\n>\n> Be brief.\n>\n> # Always\n> - in rhymes\n\n## You\n\nHello',
  );
  expect(withPrompt(' \n')).not.toContain('>');
});

it('has its headings in the language of the app', () => {
  setLanguage('de');
  const german = toMarkdown({ ...summary('c', { leafId: 'a', title: '' }), createdAt: 0, messages: MESSAGES });
  setLanguage('en');
  expect(german).toContain('## Ich\n\nHello');
});
