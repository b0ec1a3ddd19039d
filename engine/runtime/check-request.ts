import { z } from 'zod';
import { EngineError } from '../errors.js';
import type { GenerateRequest } from '../types.js';

const message = z
  .object({
    role: z.enum(['system', 'user', 'assistant']),
    content: z.string(),
    pinned: z.union([z.boolean(), z.array(z.object({ from: z.int().min(0), to: z.int() }))]).optional(),
  })
  .refine(
    ({ content, pinned }) =>
      !Array.isArray(pinned) || pinned.every(({ from, to }) => from < to && to <= content.length),
    { path: ['pinned'], error: 'Each stretch lies within the content and has at least one character' },
  );

const requestSchema = z.object({
  messages: z.array(message),
  maxTokens: z.int().min(1).optional(),
  stop: z.array(z.string()).optional(),
});

/** @throws EngineError REQUEST_INVALID naming the field, PROMPT_EMPTY; sampling options and stop strings check themselves */
export function checkRequest(request: GenerateRequest): void {
  const { error } = requestSchema.safeParse(request);
  if (error) {
    const { path, message: problem } = error.issues[0];
    throw new EngineError('REQUEST_INVALID', `The request cannot be used: ${path.join('.') || 'request'}: ${problem}.`);
  }
  const last = request.messages.at(-1);
  if (!last?.content.trim()) {
    throw new EngineError(
      'PROMPT_EMPTY',
      'There is nothing to answer: the last message is empty. Write something first.',
    );
  }
}
