import { z } from 'zod';
import { MAX_ANSWER_TOKENS, MAX_SYSTEM_PROMPT, type NumberLimits, SAMPLING_LIMITS } from './chat-limits.js';

const number = ({ min, max, isWhole }: NumberLimits) => (isWhole ? z.int() : z.number()).min(min).max(max);
const { temperature, topP, topK, minP, repetitionPenalty, frequencyPenalty, presencePenalty, seed } = SAMPLING_LIMITS;

/** What is asked for in a chat; what is absent is as the app has it. */
export const askSettings = z.strictObject({
  systemPrompt: z.string().max(MAX_SYSTEM_PROMPT).optional(),
  sampling: z
    .strictObject({
      temperature: number(temperature),
      topP: number(topP),
      topK: number(topK),
      minP: number(minP),
      repetitionPenalty: number(repetitionPenalty),
      frequencyPenalty: number(frequencyPenalty),
      presencePenalty: number(presencePenalty),
      seed: number(seed),
    })
    .partial()
    .optional(),
  maxTokens: z.int().min(1).max(MAX_ANSWER_TOKENS).optional(),
});
export type AskSettings = z.infer<typeof askSettings>;

export const chatSettings = askSettings.extend({
  /** Whose settings it was given last. */
  assistantId: z.string().min(1).max(100).optional(),
  /** While short answers are asked for: the `maxTokens` that comes back behind them; null: no limit. */
  maxTokensBefore: askSettings.shape.maxTokens.unwrap().nullable().optional(),
});
export type ChatSettings = z.infer<typeof chatSettings>;

/** A model as it can be found again on any computer: by the hash of what it is, or else by its file's name. */
export const chatModel = z.strictObject({
  file: z.string().min(1).max(300),
  hash: z.string().min(1).max(128),
});
export type ChatModel = z.infer<typeof chatModel>;
