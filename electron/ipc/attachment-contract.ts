import { z } from 'zod';
import { MAX_ATTACHMENT_BYTES, MAX_ATTACHMENT_LENGTH } from './attachment-limits.js';
import { requestId } from './shapes.js';

const name = z.string().min(1).max(1000);

/** A file as the window got it from the user; no path. */
export const attachedFile = z.strictObject({
  name,
  bytes: z.instanceof(Uint8Array).refine(({ length }) => length <= MAX_ATTACHMENT_BYTES, 'Too large'),
});
export type AttachedFile = z.infer<typeof attachedFile>;

export const attachmentText = z.strictObject({ text: z.string().min(1).max(MAX_ATTACHMENT_LENGTH) });

export const attachmentCalls = {
  /** Reads the text of a file, in a process of its own. */
  readAttachment: { input: attachedFile, output: attachmentText },
  /** Asks how many tokens a text is; the answer is a `tokenCount` frame, if there is a model. */
  countTokens: {
    input: z.strictObject({ requestId, text: z.string().max(2 * MAX_ATTACHMENT_LENGTH) }),
    output: z.void(),
  },
};
export type CountCall = z.infer<typeof attachmentCalls.countTokens.input>;
