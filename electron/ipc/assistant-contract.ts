import { z } from 'zod';
import { MAX_ASSISTANT_DESCRIPTION, MAX_ASSISTANT_NAME, MAX_ASSISTANTS } from './chat-limits.js';
import { askSettings, chatModel } from './chat-settings.js';
import { compressionChoice, errorShape } from './shapes.js';

/** An assistant in a file: docs/assistants.md says what each field means. */
export const sharedAssistant = z.strictObject({
  name: z.string().trim().min(1).max(MAX_ASSISTANT_NAME),
  description: z.string().max(MAX_ASSISTANT_DESCRIPTION).optional(),
  ...askSettings.shape,
  compression: compressionChoice.optional(),
  model: chatModel.optional(),
});
export type SharedAssistant = z.infer<typeof sharedAssistant>;

/** A named set of what a chat can be given. */
export const assistant = sharedAssistant.extend({ id: z.string().min(1).max(100) });
export type Assistant = z.infer<typeof assistant>;

const shared = z.array(sharedAssistant).min(1).max(MAX_ASSISTANTS);
export const ownAssistants = z.array(assistant).max(MAX_ASSISTANTS).readonly();

/** The calls about assistants. */
export const assistantCalls = {
  /** Those that came with the app, and the user's own; why those of before are not there, if they could not be read. */
  readAssistants: {
    input: z.void(),
    output: z.strictObject({
      builtIn: z.array(assistant).readonly(),
      own: ownAssistants,
      damage: errorShape.nullable(),
    }),
  },
  /** All of the user's own, in the place of those before. */
  keepAssistants: { input: z.strictObject({ assistants: ownAssistants }), output: z.void() },
  /** Lets the user say where, and writes them there: the path; null if cancelled. */
  exportAssistants: { input: z.strictObject({ assistants: shared.readonly() }), output: z.string().nullable() },
  /** Lets the user choose a file; null if cancelled. What is in it is not kept by this. */
  importAssistants: { input: z.void(), output: shared.nullable() },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
