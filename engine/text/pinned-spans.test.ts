import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../types.js';
import { ChatTemplate } from './chat-template.js';
import { filesOf, fixtures } from './fixtures/tokenizers.js';
import { pinnedSpans } from './pinned-spans.js';
import { Tokenizer } from './tokenizer.js';

const files = filesOf(fixtures.byteLevel[0].tokenizerJson);
const tokenizer = new Tokenizer(files);

/** Llama 2's way: the system message stands in the first question, and bos before each. */
const MERGED =
  "{% if messages[0].role == 'system' %}{% set loop_messages = messages[1:] %}{% set system = messages[0].content %}" +
  '{% else %}{% set loop_messages = messages %}{% set system = false %}{% endif %}' +
  '{% for m in loop_messages %}' +
  "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}" +
  "{% set content = '<<SYS>>' + system + '<</SYS>>' + m.content if loop.index0 == 0 and system else m.content %}" +
  "{% if m.role == 'user' %}{{ bos_token + '[INST] ' + content + ' [/INST]' }}{% else %}{{ ' ' + content + eos_token }}" +
  '{% endif %}{% endfor %}';
/** The same, but it refuses a conversation without a question. */
const REFUSING = `{% if messages | length < 2 %}{{ raise_exception('no question') }}{% endif %}${MERGED}`;

/** As Gemma's: it knows of no system message. */
const NO_SYSTEM =
  "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" +
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}";

const system: ChatMessage = { role: 'system', content: 'Speak like a pirate.' };
const conversation: ChatMessage[] = [
  system,
  { role: 'user', content: 'Where is the gold?' },
  { role: 'assistant', content: 'On the isle.' },
  { role: 'user', content: 'Remember the code 4711.', pinned: true },
  { role: 'assistant', content: 'Noted.' },
  { role: 'user', content: 'What else?' },
];

/** Texts that are pinned, as they stand in the prompt. */
function pinnedTexts(
  chatTemplate: string | null,
  messages = conversation,
  changes: Partial<typeof files> = {},
): string[] {
  const template = new ChatTemplate({ ...files, chatTemplate, ...changes }, tokenizer);
  const { addBos, ...text } = template.render(messages);
  const prompt = tokenizer.encode(text, { addBos });
  return pinnedSpans(messages, prompt, template, tokenizer).map(({ from, to }) => {
    expect(from).toBeLessThan(to);
    expect(to).toBeLessThanOrEqual(prompt.length);
    return tokenizer.decode(prompt.slice(from, to));
  });
}

describe('what is pinned of a conversation', () => {
  test('in ChatML is the messages of the system and pinned ones, and no other', () => {
    expect(pinnedTexts(null).map((text) => text.trim())).toEqual([
      'system\nSpeak like a pirate.',
      'user\nRemember the code 4711.',
    ]);
  });

  test('is nothing without either', () => {
    expect(pinnedTexts(null, conversation.slice(1, 3))).toEqual([]);
  });

  test('may be the last message, with what begins the answer', () => {
    const [text] = pinnedTexts(null, [{ role: 'user', content: 'Only this.', pinned: true }]);
    expect(text).toContain('Only this.');
  });

  test.each([
    ['that takes no system message', NO_SYSTEM, {}],
    ['that puts the system message into the first question', MERGED, {}],
    ['that does, in a prompt which begins with bos', MERGED, { addBosToken: true }],
    ['that refuses a conversation without a question', REFUSING, {}],
  ])('of a template %s is that question, too', (_, template, changes) => {
    const [first, second, ...others] = pinnedTexts(template, conversation, changes);
    expect(first).toContain('Speak like a pirate.');
    expect(second).toContain('Remember the code 4711.');
    expect(second).not.toContain('On the isle.');
    expect(others).toEqual([]);
  });

  test('of a template that brings bos before everything is more than that', () => {
    const template = `{{ bos_token }}${MERGED.replace('bos_token + ', '')}`;
    expect(pinnedTexts(template, conversation, { addBosToken: true })[0]).toContain('Speak like a pirate.');
  });

  const codes = '  Remember: the code is 4711, the other is 99. ';
  const rangeOf = (text: string) => ({ from: codes.indexOf(text), to: codes.indexOf(text) + text.length });
  const asking = (pinned: ChatMessage['pinned']): ChatMessage[] => [
    { role: 'user', content: codes, pinned },
    { role: 'assistant', content: 'Noted.' },
    { role: 'user', content: 'What else?' },
  ];

  test('is the tokens of the stretches alone, where only they are', () => {
    const [first, second, ...others] = pinnedTexts(null, asking([rangeOf('4711'), rangeOf('the other is 99')]));
    expect(others).toEqual([]);
    expect(first).toContain('4711');
    expect(second).toContain('the other is 99');
    for (const text of [first, second]) expect(text).not.toMatch(/Remember|assistant/);
  });

  test('is the tokens of a character that several of them make', () => {
    const content = 'Grüße 漢字 hier';
    const from = content.indexOf('漢');
    const [text, ...others] = pinnedTexts(null, [
      { role: 'user', content, pinned: [{ from, to: from + 1 }] },
      { role: 'assistant', content: 'Ja.' },
    ]);
    expect(others).toEqual([]);
    expect(text).toContain('漢');
    expect(text).not.toContain('hier');
  });

  test('is all of the message, where the prompt does not show it as it is', () => {
    const shouting = "{% for m in messages %}{{ m.role + ': ' + m.content | upper + '\n' }}{% endfor %}";
    const [text] = pinnedTexts(shouting, asking([rangeOf('4711')]));
    expect(text).toContain('REMEMBER');
  });

  test('is found for a message that repeats another', () => {
    const twice: ChatMessage[] = [
      { role: 'user', content: 'Again.' },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: 'Again.', pinned: true },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: 'Again.' },
    ];
    expect(pinnedTexts(null, twice).map((text) => text.trim())).toEqual(['user\nAgain.']);
  });
});
