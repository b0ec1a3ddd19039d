import type { EngineErrorShape } from '../../engine/errors.js';
import type { Language } from '../../locales/languages.js';
import { currentLanguage, t } from '../../locales/words.js';
import { SAMPLING_LIMITS } from './chat-limits.js';

/** Where in an assistant something is wrong, as the window has a name for it. */
export const ASSISTANT_FIELDS = {
  name: 'assistants.save.name',
  description: 'assistants.file.description',
  systemPrompt: 'assistants.system.label',
  sampling: 'assistants.sampling.title',
  maxTokens: 'assistants.sampling.maxTokens',
  compression: 'assistants.compression.title',
  model: 'assistants.model.title',
} as const;
export type AssistantField = keyof typeof ASSISTANT_FIELDS | keyof typeof SAMPLING_LIMITS;

/** What is wrong with a file of assistants, as figures and names: each language has its own sentence for it. */
export type AssistantFileProblem =
  | { problem: 'unreadable'; cause: string }
  | { problem: 'tooLarge'; megabytes: number; most: number }
  | { problem: 'noText' | 'noJson' | 'otherFormat' | 'none' }
  | { problem: 'newer'; version: number; known: number }
  | { problem: 'tooMany'; count: number; most: number }
  | AssistantProblem;

/** `place`: of the assistant in the file, 1 = first; `name`: if it has one. */
export type AssistantProblem = { place: number; name?: string } & (
  | { problem: 'noAssistant' }
  | { problem: 'unknownField'; field: string }
  | { problem: 'missing' | 'noWords' | 'wrong'; field: AssistantField }
  | { problem: 'tooLong'; field: AssistantField; most: number }
  | { problem: 'number' | 'whole'; field: AssistantField; min: number; max: number }
);

/** The same where an error crosses a process; null: it is about something else. */
export function assistantFileProblem({ code, details }: EngineErrorShape): AssistantFileProblem | null {
  return code === 'ASSISTANT_FILE_INVALID' && details?.problem ? (details as AssistantFileProblem) : null;
}

/** A sentence about what is wrong, for people, and what comes of it. */
export function assistantFileWords(problem: AssistantFileProblem, language: Language = currentLanguage()): string {
  const about = { ...inWords(problem, language), lng: language };
  const sentence = t(`assistants.file.problems.${problem.problem}`, about);
  const nothing = t('assistants.file.nothing', { lng: language });
  if (!('place' in problem)) return `${sentence} ${nothing}`;
  const where = t(problem.name === undefined ? 'assistants.file.where' : 'assistants.file.whereNamed', about);
  return `${where} ${sentence} ${nothing}`;
}

/** Names of fields as in the window, numbers as people write them. */
function inWords(problem: AssistantFileProblem, language: Language): Record<string, string> {
  const written = new Intl.NumberFormat(language);
  const words = Object.entries(problem).map(([key, value]) => {
    if (key === 'field' && problem.problem !== 'unknownField')
      return [key, fieldWords(value as AssistantField, language)];
    return [key, typeof value === 'number' ? written.format(value) : value];
  });
  return Object.fromEntries(words);
}

function fieldWords(field: AssistantField, language: Language): string {
  const key =
    field in SAMPLING_LIMITS ? (`assistants.sampling.${field as keyof typeof SAMPLING_LIMITS}` as const) : null;
  return t(key ?? ASSISTANT_FIELDS[field as keyof typeof ASSISTANT_FIELDS], { lng: language });
}
