import type { EngineErrorShape } from '../../engine/errors.js';
import type { Language } from '../../locales/languages.js';
import { currentLanguage, t } from '../../locales/words.js';

/** What is wrong with a file of chats, as figures and names: each language has its own sentence for it. */
export type ChatFileProblem =
  | { problem: 'unreadable'; cause: string }
  | { problem: 'tooLarge'; megabytes: number; most: number }
  | { problem: 'noText' | 'noJson' | 'unknown' | 'twice' }
  | { problem: 'newer'; version: number; known: number }
  | WrongPlace;

/** `place` of the chat in the file, `message` in the chat, 1 = first; `title`: if it has one. */
export type WrongPlace = { place: number; title?: string; message?: number } & (
  | { problem: 'wrong' }
  | { problem: 'wrongField'; field: string }
);

/** The same where an error crosses a process; null: it is about something else. */
export function chatFileProblem({ code, details }: EngineErrorShape): ChatFileProblem | null {
  return code === 'CHATS_FILE_INVALID' && details?.problem ? (details as ChatFileProblem) : null;
}

/** A sentence about what is wrong, for people, and what comes of it. */
export function chatFileWords(problem: ChatFileProblem, language: Language = currentLanguage()): string {
  const written = new Intl.NumberFormat(language);
  const figures = Object.entries(problem).map(([key, value]) => [
    key,
    typeof value === 'number' ? written.format(value) : value,
  ]);
  const about = { ...Object.fromEntries(figures), lng: language };
  const where = 'place' in problem ? `${t(`chat.files.${whereKey(problem)}`, about)} ` : '';
  const nothing = t('chat.files.nothing', { lng: language });
  return `${where}${t(`chat.files.problems.${problem.problem}`, about)} ${nothing}`;
}

function whereKey({ title, message }: WrongPlace) {
  if (message === undefined) return title === undefined ? 'where' : 'whereNamed';
  return title === undefined ? 'whereMessage' : 'whereNamedMessage';
}
