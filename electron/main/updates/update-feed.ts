import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

export const updateFeed = z.object({ provider: z.literal('generic'), url: z.url(), publicKey: z.string().min(1) });
export type UpdateFeed = z.infer<typeof updateFeed>;

interface Installation {
  isPackaged: boolean;
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  /** What the build was told; it has none unless it was. */
  feedFile: string;
}

/** Where this installation asks for newer versions; or why it does not, for people. */
export function findFeed({ isPackaged, platform, env, feedFile }: Installation): UpdateFeed | { off: string } {
  if (!isPackaged) return { off: 'This is not an installed app.' };
  // Only what replaces itself may: the rest belongs to whoever put it there.
  if (platform === 'linux' && !env.APPIMAGE)
    return { off: 'Updates come by what installed the app: your package manager, or a newer archive.' };
  if (platform === 'win32' && env.PORTABLE_EXECUTABLE_FILE)
    return { off: 'The portable app is updated by downloading a newer one.' };
  if (!existsSync(feedFile)) return { off: 'This build was not told where newer versions are.' };
  try {
    return updateFeed.parse(JSON.parse(readFileSync(feedFile, 'utf8')));
  } catch {
    return { off: `${feedFile} is damaged, so nobody can be asked for newer versions. Install the app again.` };
  }
}
