import { EngineError } from '../errors.js';
import type { RandomSource } from '../sampling/random.js';
import type { RetrievalCase } from './retrieval-cases.js';

export interface CasePlan {
  cases: number;
  /** Hidden in each text. */
  facts: number;
  /** Tokens of each text, about. */
  tokens: number;
}

/** Facts stand between these shares of a text. */
const FIRST_DEPTH = 0.1;
const LAST_DEPTH = 0.9;
/** A line of prose has at least so many characters; shorter ones are headings and list items. */
const SHORTEST_PARAGRAPH = 80;

const NAMES = [
  ...['Alice', 'Brenda', 'Carlos', 'Dmitri', 'Elena', 'Farid', 'Greta', 'Hassan', 'Ingrid', 'Jonas', 'Keiko', 'Liam'],
  ...['Marta', 'Nadia', 'Oscar', 'Priya', 'Quentin', 'Rosa', 'Stefan', 'Tamara', 'Ulrich', 'Vera', 'Wanda', 'Xavier'],
  ...['Yusuf', 'Zelda'],
];

/** The most facts that one text can hold: each is about someone else. */
export const MAX_FACTS = NAMES.length;

/**
 * Texts of prose in which access codes are hidden at sentence boundaries, and the questions for them.
 * The same for the same random numbers.
 * @param text prose, a paragraph a line
 * @throws EngineError TEXT_TOO_SHORT for a text with less prose than one case takes
 */
export function makeCases(
  text: string,
  { cases, facts, tokens }: CasePlan,
  countTokens: (text: string) => number,
  random: RandomSource,
): RetrievalCase[] {
  const sentences = sentencesOf(text).map((sentence) => ({ sentence, tokens: countTokens(` ${sentence}`) }));
  return Array.from({ length: cases }, () => {
    const hidden = inventFacts(facts, random);
    const factTokens = hidden.reduce((sum, { statement }) => sum + countTokens(` ${statement}`), 0);
    const prose = pickProse(sentences, Math.max(1, tokens - factTokens), random);
    return {
      context: hide(
        prose,
        hidden.map(({ statement }) => statement),
        random,
      ),
      questions: shuffled(hidden, random).map(({ name, code }) => ({
        question: `What is the access code for ${name}?`,
        answer: code,
        answerPrefix: `The access code for ${name} is`,
      })),
    };
  });
}

interface Sentence {
  sentence: string;
  tokens: number;
}

function sentencesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= SHORTEST_PARAGRAPH && !line.startsWith('='))
    .flatMap((line) => line.split(/(?<=[.!?])\s+/));
}

interface Fact {
  name: string;
  /** Five digits. */
  code: string;
  statement: string;
}

function inventFacts(count: number, random: RandomSource): Fact[] {
  const codes = new Set<string>();
  while (codes.size < count) codes.add(String(10_000 + Math.floor(random() * 90_000)));
  const names = shuffled(NAMES, random);
  return [...codes].map((code, i) => ({
    name: names[i],
    code,
    statement: `The access code for ${names[i]} is ${code}.`,
  }));
}

/** Consecutive sentences of about `tokens` tokens, from a random place on. */
function pickProse(sentences: readonly Sentence[], tokens: number, random: RandomSource): Sentence[] {
  let room = sentences.reduce((sum, sentence) => sum + sentence.tokens, 0) - tokens;
  if (room < 0) {
    throw new EngineError(
      'TEXT_TOO_SHORT',
      `The text has ${room + tokens} tokens of prose, and a case needs ${tokens}. Give a longer text, or fewer tokens.`,
      { tokens: room + tokens, needed: tokens },
    );
  }
  let start = 0;
  for (let skip = random() * room; skip >= sentences[start].tokens; start++) skip -= sentences[start].tokens;
  const picked: Sentence[] = [];
  for (room = tokens; room > 0 && start + picked.length < sentences.length; room -= picked[picked.length - 1].tokens) {
    picked.push(sentences[start + picked.length]);
  }
  return picked;
}

/** The prose with each statement at a sentence boundary: one in each of as many equal stretches of its middle. */
function hide(prose: readonly Sentence[], statements: readonly string[], random: RandomSource): string {
  const total = prose.reduce((sum, { tokens }) => sum + tokens, 0);
  let seen = 0;
  const boundaries = prose.map(({ tokens }, index) => {
    seen += tokens;
    return { behind: index, depth: seen / total };
  });
  const middle = boundaries.filter(({ depth }) => depth >= FIRST_DEPTH && depth <= LAST_DEPTH);
  const stretch = (LAST_DEPTH - FIRST_DEPTH) / statements.length;
  const parts = prose.map(({ sentence }) => [sentence]);
  for (const [i, statement] of statements.entries()) {
    const wanted = FIRST_DEPTH + (i + random()) * stretch;
    const nearest = (middle.length > 0 ? middle : boundaries).reduce((best, boundary) =>
      Math.abs(boundary.depth - wanted) < Math.abs(best.depth - wanted) ? boundary : best,
    );
    parts[nearest.behind].push(statement);
  }
  return parts.flat().join(' ');
}

/** Source: Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], random: RandomSource): Item[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
