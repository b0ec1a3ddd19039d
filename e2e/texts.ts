export const COLORS_QUESTION = 'Name three primary colors.';
/** In its answer, whatever was said before. */
export const A_COLOR = /\b(red|blue|yellow)\b/i;
/** Gets an answer of some hundred tokens. */
export const STORY = 'Write a short story about a lighthouse keeper who finds a message in a bottle.';

/** Gets a Markdown table, also after something else. */
export const TABLE = 'Show three fruits and their colours as a table, with | between the columns.';

const SENTENCES = [
  'The tide gauge at the harbour wall was read at noon and again at dusk.',
  'A keeper wrote the level in a book, with the wind and the state of the sea.',
  'In winter the float froze, and for some weeks there is nothing in the columns.',
  'Later somebody painted new marks on the staff, two fingers above the old ones.',
];
/** Mean over the sentences above, with the default model's tokenizer. */
const TOKENS_PER_SENTENCE = 16;

/** Ordinary prose of about so many tokens, of which no two sentences are the same. */
export function longText(tokens: number): string {
  const count = Math.ceil(tokens / (TOKENS_PER_SENTENCE + 4));
  return Array.from({ length: count }, (_, i) => `Note ${i + 1}. ${SENTENCES[i % SENTENCES.length]}`).join(' ');
}
