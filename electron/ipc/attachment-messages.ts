import { z } from 'zod';
import type { EngineErrorShape } from '../../engine/errors.js';
import { attachmentText } from './attachment-contract.js';
import { errorShape } from './shapes.js';

/** Attachment process → main, once: what it made of the file that main sent it. */
export const attachmentReply = z.union([attachmentText, z.strictObject({ error: errorShape })]);
export type AttachmentReply = z.infer<typeof attachmentText> | { error: EngineErrorShape };
