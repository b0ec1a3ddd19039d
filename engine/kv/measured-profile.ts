import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../types.js';
import { writeWholeFile } from '../whole-file.js';
import { type Profile, parseProfile } from './profile.js';

const fileOf = (folder: string, hash: string) => path.join(folder, `${hash.slice(0, 16)}.json`);

/** What was measured of a model on this machine; null: nothing, or it cannot be used any more. */
export async function readMeasuredProfile(
  folder: string,
  model: { hash: string; numLayers: number },
  logger?: Logger,
): Promise<Profile | null> {
  const text = await readFile(fileOf(folder, model.hash), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return parseProfile(JSON.parse(text), model);
  } catch (thrown) {
    logger?.warn(`${fileOf(folder, model.hash)} is ignored: ${thrown instanceof Error ? thrown.message : thrown}`);
    return null;
  }
}

export function writeMeasuredProfile(folder: string, profile: Profile): Promise<void> {
  return writeWholeFile(fileOf(folder, profile.modelHash), `${JSON.stringify(profile, null, 2)}\n`);
}
