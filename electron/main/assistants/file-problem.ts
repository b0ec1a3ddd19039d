import type { z } from 'zod';
import type { AssistantField, AssistantFileProblem, AssistantProblem } from '../../ipc/assistant-file-words.js';
import { ASSISTANT_FIELDS } from '../../ipc/assistant-file-words.js';
import {
  MAX_ANSWER_TOKENS,
  MAX_ASSISTANT_DESCRIPTION,
  MAX_ASSISTANT_NAME,
  MAX_ASSISTANTS,
  MAX_SYSTEM_PROMPT,
  type NumberLimits,
  SAMPLING_LIMITS,
} from '../../ipc/chat-limits.js';

const LENGTHS: Readonly<Record<string, number>> = {
  name: MAX_ASSISTANT_NAME,
  description: MAX_ASSISTANT_DESCRIPTION,
  systemPrompt: MAX_SYSTEM_PROMPT,
};
const NUMBERS: Readonly<Record<string, NumberLimits>> = {
  ...SAMPLING_LIMITS,
  maxTokens: { min: 1, max: MAX_ANSWER_TOKENS, isWhole: true },
};

type Path = readonly PropertyKey[];

/** What is wrong with the content of a file of assistants, by the first thing that its schema found. */
export function problemOf(content: unknown, { code, path, ...found }: z.core.$ZodIssue): AssistantFileProblem {
  const [list, at] = path;
  const assistants = (content as { assistants?: unknown } | null)?.assistants;
  if (list !== 'assistants' || !Array.isArray(assistants)) return { problem: 'otherFormat' };
  if (typeof at !== 'number') {
    if (assistants.length === 0) return { problem: 'none' };
    return { problem: 'tooMany', count: assistants.length, most: MAX_ASSISTANTS };
  }
  const one: unknown = assistants[at];
  const name = (one as { name?: unknown } | null)?.name;
  const where = {
    place: at + 1,
    ...(typeof name === 'string' && name.trim() !== '' && { name: name.slice(0, MAX_ASSISTANT_NAME) }),
  };
  if (code === 'unrecognized_keys' && 'keys' in found)
    return { ...where, problem: 'unknownField', field: found.keys[0] };
  return { ...where, ...fieldProblem(one, path.slice(2)) };
}

type WithoutPlace<T> = T extends unknown ? Omit<T, 'place' | 'name'> : never;

function fieldProblem(assistant: unknown, path: Path): WithoutPlace<AssistantProblem> {
  const field = fieldAt(path);
  if (field === null) return { problem: 'noAssistant' };
  const value = path.reduce<unknown>((of, key) => (of as Record<PropertyKey, unknown> | undefined)?.[key], assistant);
  const limits = NUMBERS[field];
  if (limits) return { problem: limits.isWhole ? 'whole' : 'number', field, min: limits.min, max: limits.max };
  const most = LENGTHS[field];
  if (most === undefined) return { problem: 'wrong', field };
  if (value === undefined || (typeof value === 'string' && value.length <= most)) return { problem: 'missing', field };
  return typeof value === 'string' ? { problem: 'tooLong', field, most } : { problem: 'noWords', field };
}

function fieldAt([first, second]: Path): AssistantField | null {
  if (first === 'sampling' && typeof second === 'string' && second in SAMPLING_LIMITS) return second as AssistantField;
  return typeof first === 'string' && first in ASSISTANT_FIELDS ? (first as AssistantField) : null;
}
