import { z } from 'zod';
import { t } from '../../locales/words.js';

/** What an app that is started tells the one that runs already, of the same user. */
const instance = z.object({ version: z.string(), modelPath: z.string().nullable() });
export type Instance = z.infer<typeof instance>;

/** In ASCII: with other characters in it, Electron hands over nothing. */
export function introduction(of: Instance): { instance: string } {
  return { instance: encodeURIComponent(JSON.stringify(of)) };
}

/** Null: a version of the app that tells nothing of itself, or nothing that this one understands. */
export function introduced(other: unknown): Instance | null {
  try {
    const { instance: text } = other as ReturnType<typeof introduction>;
    return instance.parse(JSON.parse(decodeURIComponent(text)));
  } catch {
    return null;
  }
}

/** Why another version was not started, for people; null where nobody misses anything. */
export function whyNotStarted(running: string, started: string): { message: string; detail: string } | null {
  if (started === running) return null;
  return {
    message: t('main.start.otherVersion', { running, started }),
    detail: t('main.start.otherVersionAbout'),
  };
}
