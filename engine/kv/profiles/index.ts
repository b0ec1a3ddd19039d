import { type Profile, parseProfile } from '../profile.js';
import smolLm2 from './smollm2-135m-instruct-q4-1.json' with { type: 'json' };

/**
 * The committed profiles, one JSON file a model, as the command calibrate writes them. Imported one by one, so that a
 * bundle holds them.
 */
const PROFILES: readonly { modelHash: string; numLayers: number }[] = [smolLm2];

/** The profile of the model with this hash (ModelInfo.hash), null if none is committed. */
export function profileOf(hash: string): Profile | null {
  const json = PROFILES.find(({ modelHash }) => modelHash === hash);
  return json ? parseProfile(json, { hash, numLayers: json.numLayers }) : null;
}
