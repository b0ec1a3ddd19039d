import { z } from 'zod';
import { MAX_SYSTEM_PROMPT } from './chat-limits.js';
import { chatModel, chatSettings } from './chat-settings.js';
import { compressionChoice, errorShape, MAX_MESSAGE_LENGTH, samplingOptions, textRange } from './shapes.js';

export const chatId = z.string().min(1).max(100);
const messageId = chatId;
/** More than a message may have: what is too long to be sent is kept all the same. */
const text = z.string().max(8 * MAX_MESSAGE_LENGTH);
const count = z.int().min(0);
const ms = z.number().min(0);
/** Milliseconds since 1970. */
const date = z.int().min(0).max(8.64e15);

const pins = z.union([z.literal(true), z.array(textRange).min(1).max(10_000).readonly()]);

export const draft = z.strictObject({ text, pasted: z.array(text).max(1000).readonly() });

const figures = z.strictObject({
  promptTokens: count,
  reusedTokens: count,
  completionTokens: count,
  seed: count,
  timings: z.strictObject({ prefillMs: ms, firstTokenMs: ms.nullable(), decodeMsPerToken: ms.nullable() }),
});

/** `unfinished`: it was being read, written or waited for when this was kept; `imported`: another app wrote it. */
const answerState = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('unfinished') }),
  z.strictObject({ phase: z.literal('imported') }),
  z.strictObject({
    phase: z.literal('done'),
    stopReason: z.enum(['endToken', 'stopString', 'maxTokens', 'contextFull', 'read']),
    figures,
  }),
  z.strictObject({ phase: z.literal('stopped'), figures: figures.nullable() }),
  z.strictObject({ phase: z.literal('failed'), error: errorShape, figures: figures.nullable() }),
]);

const forecast = z.strictObject({
  promptTokens: count,
  reusedTokens: count,
  contextLength: count,
  kvBytes: z.number().min(0),
  fullFp16Bytes: z.number().min(0),
  firstTokenMs: ms.nullable(),
});

const asked = z.strictObject({
  systemPrompt: z.string().max(MAX_SYSTEM_PROMPT).optional(),
  sampling: samplingOptions.partial(),
  compression: compressionChoice.optional(),
  maxTokens: z.int().min(1).optional(),
});

/** `parentId`: the message it follows; null: it begins the chat. Messages with one parent are versions of each other. */
const common = { id: messageId, parentId: messageId.nullable(), text, pins: pins.optional() };

const question = z.strictObject({ ...common, role: z.literal('user'), pasted: draft.shape.pasted });

const answer = z.strictObject({
  ...common,
  role: z.literal('assistant'),
  state: answerState,
  /** Its text lacks something in the middle. */
  hasHole: z.boolean().optional(),
  forecast: forecast.optional(),
  asked: asked.optional(),
  /** The name of the model that wrote it. */
  model: z.string().max(500).optional(),
  /** It was written on from here, UTF-16 units. */
  continuedFrom: count.optional(),
});

/** A message as it is kept; it is given the time at which it is first kept. */
export const keptMessage = z.discriminatedUnion('role', [question, answer]);
export type KeptMessage = z.infer<typeof keptMessage>;
export type KeptAnswer = Extract<KeptMessage, { role: 'assistant' }>;

/** A message in an exported file. */
export const datedMessage = z.discriminatedUnion('role', [
  question.extend({ createdAt: date }),
  answer.extend({ createdAt: date }),
]);
export type DatedMessage = z.infer<typeof datedMessage>;

/** A chat without its messages. */
export const chatSummary = z.strictObject({
  id: chatId,
  title: z.string().max(400),
  updatedAt: date,
  isPinned: z.boolean(),
  isArchived: z.boolean(),
  /** The last message of the branch that is shown; null: there is none. */
  leafId: messageId.nullable(),
  /** With what it was last written in; null: nothing was chosen in it. */
  compression: compressionChoice.nullable(),
  settings: chatSettings,
  /** That answered in it last; null: none, or nobody noted it. */
  model: chatModel.nullable(),
});
export type ChatSummary = z.infer<typeof chatSummary>;
