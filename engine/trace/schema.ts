import { z } from 'zod';
import { MAX_SAMPLES, MAX_TURNS, TRACE_FORMAT, TRACE_VERSION } from './format.js';

/*
 * The memory of a chat over time, as it is written to a file: docs/trace.md. Only what reads files imports this at run
 * time; the window takes its types alone, and does without zod.
 */

const count = z.int().min(0);
const place = count.nullable();
const ms = z.number().min(0);
const date = z.iso.datetime();

const compression = z.union([
  z.strictObject({ preset: z.string().max(100) }),
  z.strictObject({ budgetBytes: count }),
  z.strictObject({ config: z.record(z.string(), z.unknown()) }),
]);

const message = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() });

/** What a turn put into the text; what is before it is that of the turns before. */
const turnText = z.strictObject({
  /** Place in the text of the first of `tokens`. */
  from: count,
  /** Messages of the turn before that stay; `messages` follow them. */
  messagesKept: count,
  messages: z.array(message),
  /** The text of each token that the turn read anew or wrote; control tokens have none. */
  tokens: z.array(z.string()),
  /** By layer: runs of those tokens, each as its length and the drop that took it; 0: none did. */
  dropped: z.array(z.array(count)),
});

const turn = z.strictObject({
  /** Of the conversation, 1 = first message of the user. */
  number: z.int().min(1),
  startedAt: date,
  startMs: ms,
  /** Null: it was still running, or was cut short. */
  endMs: ms.nullable(),
  end: z.enum(['done', 'aborted', 'error']).nullable(),
  compression,
  dtype: z.enum(['int8', 'float16', 'float32']),
  promptTokens: count,
  /** Of these, those that did not have to be read again. */
  reusedTokens: count,
  text: turnText.nullable(),
});

/** In the order of LAYER_COLUMNS (columns.ts). */
const layerRow = z.tuple([
  count,
  count,
  count,
  count,
  count,
  z.number().min(0).max(1).nullable(),
  place,
  place,
  count,
  count,
]);

const sample = z.strictObject({
  ms,
  /** Its place among the turns. */
  turn: count,
  phase: z.enum(['reading', 'writing', 'tidying']),
  tokensSeen: count,
  generatedTokens: count,
  fullFp16Bytes: count,
  budgetBytes: count.nullable(),
  drops: count,
  /** Layer 0 first. */
  layers: z.array(layerRow),
});

export const traceSchema = z.strictObject({
  format: z.literal(TRACE_FORMAT),
  version: z.literal(TRACE_VERSION),
  createdAt: date,
  model: z.strictObject({
    name: z.string().max(1000),
    /** Of its file or folder, without the path. */
    file: z.string().max(1000),
    hash: z.string().max(200),
    layers: z.int().min(1).max(1000),
    numKvHeads: z.int().min(1),
    headDim: z.int().min(1),
    contextLength: z.int().min(1),
  }),
  turns: z.array(turn).min(1).max(MAX_TURNS),
  samples: z.array(sample).min(1).max(MAX_SAMPLES),
  /** Samples that were let go to keep it small. */
  thinned: count,
});

export type Trace = z.infer<typeof traceSchema>;
export type TraceTurn = z.infer<typeof turn>;
export type TraceSample = z.infer<typeof sample>;
export type TraceMessage = z.infer<typeof message>;
export type TurnText = z.infer<typeof turnText>;
export type LayerRow = z.infer<typeof layerRow>;
