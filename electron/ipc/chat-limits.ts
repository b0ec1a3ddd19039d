/** Bounds of what a chat and an assistant may be given, for the schemas and the fields alike. */

/** Characters; more would leave little of most contexts. */
export const MAX_SYSTEM_PROMPT = 32_000;
export const MAX_ANSWER_TOKENS = 1_000_000;
export const MAX_ASSISTANTS = 200;
export const MAX_ASSISTANT_NAME = 100;
export const MAX_ASSISTANT_DESCRIPTION = 500;

export interface NumberLimits {
  min: number;
  max: number;
  isWhole: boolean;
}

const fraction = (min: number, max: number): NumberLimits => ({ min, max, isWhole: false });
const whole = (min: number, max: number): NumberLimits => ({ min, max, isWhole: true });

/** The engine takes more; beyond these nothing readable comes. */
export const SAMPLING_LIMITS = {
  temperature: fraction(0, 2),
  topP: fraction(0.01, 1),
  topK: whole(0, 1000),
  minP: fraction(0, 1),
  repetitionPenalty: fraction(0.5, 2),
  frequencyPenalty: fraction(-2, 2),
  presencePenalty: fraction(-2, 2),
  seed: whole(0, Number.MAX_SAFE_INTEGER),
} as const satisfies Record<string, NumberLimits>;

/** What the engine takes where nothing is said; the temperature is always said. */
export const SAMPLING_DEFAULTS = {
  topP: 0.95,
  topK: 40,
  minP: 0.05,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
} as const;
