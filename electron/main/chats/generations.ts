import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The file with the chats is `chats.db`; after damage `chats-2.db` takes its place, and so on, while the damaged one stays:
 * a file that is open cannot be moved everywhere.
 */
const NAME = /^chats(?:-(\d{1,6}))?\.db$/;

export function generationPath(folder: string, generation: number): string {
  return join(folder, generation === 1 ? 'chats.db' : `chats-${generation}.db`);
}

export function newestGeneration(folder: string): number {
  if (!existsSync(folder)) return 1;
  const found = readdirSync(folder).flatMap((name) => {
    const match = NAME.exec(name);
    return match ? [Number(match[1] ?? 1)] : [];
  });
  return Math.max(1, ...found);
}
