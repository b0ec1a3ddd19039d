import { z } from 'zod';
import { LANGUAGES } from '../../locales/languages.js';
import { QUICK_KEY } from './quick-key.js';

/** What the settings tab changes and main keeps, beside theme, precision and compression. */
export const appSettings = z.strictObject({
  /** `system`: the computer's, where the app has its words, else English. */
  language: z.enum(['system', ...LANGUAGES]),
  /** Of messages. */
  textSize: z.enum(['small', 'normal', 'large', 'larger']),
  /** Of the engine; null: as many as the processor has cores. */
  threads: z.int().min(1).nullable(),
  /** Most tokens of context; null: as many as the model's file says. */
  contextLength: z.int().min(256).nullable(),
  /**
   * Whether idle time is spent on a smaller memory of the chat. `idle`: not on battery, nor while other programs are at
   * work; `always`: also then.
   */
  tidying: z.enum(['off', 'idle', 'always']),
  /** An icon in the system's tray; closing the window then hides it. */
  trayIcon: z.boolean(),
  /** Brings the small window from anywhere, as the table of shortcuts writes keys; null: none. */
  quickKey: z.string().regex(QUICK_KEY, 'Keys such as Mod+Shift+Space').nullable(),
});
export type AppSettings = z.infer<typeof appSettings>;
