/** English prose and code, by the default model's tokenizer. */
export const CHARACTERS_PER_TOKEN = 4;

const PROSE =
  'The tide gauge was read at noon and **again at dusk**; a keeper wrote the level in a [book](https://example.org/book), with the wind and the `state` of the sea. In winter the float froze, and for some weeks there is nothing in the columns but a mean of $\\bar{x} = 3.2$ that somebody computed later.';

/** One of each thing that an answer is made of, some 500 tokens. */
function section(number: number): string {
  const list = Array.from(
    { length: 8 },
    (_, i) => `${i + 1}. The *${i + 1}th* mark stands two fingers above the old one.`,
  );
  const rows = Array.from({ length: 8 }, (_, i) => `| Mark ${i + 1} | ${(number * 7 + i) % 90} cm | painted |`);
  const code = Array.from(
    { length: 12 },
    (_, i) => `    level_${i} = read_gauge(${i}) + offset["mark ${i}"]  # as written`,
  );
  return [
    `## Part ${number}`,
    PROSE,
    list.join('\n'),
    PROSE,
    ['| Mark | Level | State |', '| --- | ---: | --- |', ...rows].join('\n'),
    `\`\`\`python\ndef levels_${number}():\n${code.join('\n')}\n\`\`\``,
    `\\[ L = \\frac{1}{${number + 1}} \\sum_i l_i \\]`,
  ].join('\n\n');
}

/** Markdown of so many tokens; `seed`: no two are the same. */
export function answerOf(tokens: number, seed: number): string {
  const length = tokens * CHARACTERS_PER_TOKEN;
  const sections: string[] = [];
  for (let size = 0; size < length; size += sections[sections.length - 1].length + 2) {
    sections.push(section(seed * 50 + sections.length));
  }
  return sections.join('\n\n').slice(0, length);
}

/** So many tokens of lines. */
function linesOf(tokens: number, head: string, line: (number: number) => string): string {
  const length = tokens * CHARACTERS_PER_TOKEN;
  let text = head;
  for (let i = 1; text.length < length; i++) text += `${line(i)}\n`;
  return text.slice(0, length);
}

/** What an answer may be made of. All but the first are one block, parsed as a whole while it grows. */
export const KINDS = {
  'of everything': answerOf,
  'one list': (tokens: number) =>
    linesOf(tokens, '', (i) => `${i}. The *mark* ${i} stands two fingers **above** the old one.`),
  'one table': (tokens: number) =>
    linesOf(
      tokens,
      '| Mark | Level | State |\n| --- | ---: | --- |\n',
      (i) => `| Mark ${i} | ${i % 90} cm | painted |`,
    ),
  'one block of code': (tokens: number) =>
    linesOf(tokens, '```python\n', (i) => `level_${i} = read_gauge(${i}) + offset["mark ${i}"]  # as written`),
};
export type Kind = keyof typeof KINDS;

/** The text as it comes over the port, so many tokens a frame. */
export function pieces(text: string, tokensPerFrame: number): string[] {
  const size = tokensPerFrame * CHARACTERS_PER_TOKEN;
  return Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
    text.slice(Math.round(i * size), Math.round((i + 1) * size)),
  );
}
