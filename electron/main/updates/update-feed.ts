import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { UpdatesOff } from '../../ipc/contract.js';

export const updateFeed = z.object({ provider: z.literal('generic'), url: z.url(), publicKey: z.string().min(1) });
export type UpdateFeed = z.infer<typeof updateFeed>;

interface Installation {
  isPackaged: boolean;
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  /** What the build was told; it has none unless it was. */
  feedFile: string;
}

/** Where this installation asks for newer versions; or why it does not. */
export function findFeed({ isPackaged, platform, env, feedFile }: Installation): UpdateFeed | { off: UpdatesOff } {
  if (!isPackaged) return { off: 'source' };
  // Only what replaces itself may: the rest belongs to whoever put it there.
  if (platform === 'linux' && !env.APPIMAGE) return { off: 'packaged' };
  if (platform === 'win32' && env.PORTABLE_EXECUTABLE_FILE) return { off: 'portable' };
  if (!existsSync(feedFile)) return { off: 'noFeed' };
  try {
    return updateFeed.parse(JSON.parse(readFileSync(feedFile, 'utf8')));
  } catch {
    return { off: 'damaged' };
  }
}
