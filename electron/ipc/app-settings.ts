import { z } from 'zod';

/** What the settings tab changes and main keeps, beside theme, precision and compression. */
export const appSettings = z.strictObject({
  /** Of messages. */
  textSize: z.enum(['small', 'normal', 'large', 'larger']),
  /** Of the engine; null: as many as the processor has cores. */
  threads: z.int().min(1).nullable(),
  /** Most tokens of context; null: as many as the model's file says. */
  contextLength: z.int().min(256).nullable(),
});
export type AppSettings = z.infer<typeof appSettings>;
export type TextSize = AppSettings['textSize'];
