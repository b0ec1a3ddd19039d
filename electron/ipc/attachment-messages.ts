import { z } from 'zod';
import { ENGINE_ERROR_CODES, type EngineErrorShape } from '../../engine/errors.js';
import { attachmentText } from './attachment-contract.js';

/** Attachment process → main, once: what it made of the file that main sent it. */
export const attachmentReply = z.union([
  attachmentText,
  z.strictObject({
    error: z.strictObject({
      code: z.enum(ENGINE_ERROR_CODES),
      message: z.string(),
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    }),
  }),
]);
export type AttachmentReply = z.infer<typeof attachmentText> | { error: EngineErrorShape };
