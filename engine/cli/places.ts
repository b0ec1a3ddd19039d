import { existsSync } from 'node:fs';
import path from 'node:path';
import { EngineError } from '../errors.js';

const projectRoot = path.resolve(import.meta.dirname, '../..');

/** Where the command line keeps converted models. */
export const CACHE_FOLDER = path.join(projectRoot, '.cache/models');

/** Where measurements of a calibration are kept until it is done. */
export const CALIBRATION_FOLDER = path.join(projectRoot, '.cache/calibration');

/** Where profiles are committed. */
export const PROFILES_FOLDER = path.join(projectRoot, 'engine/kv/profiles');

/** What a calibration measures on, if no text is named. */
export const DEFAULT_TEXT = path.join(projectRoot, 'assets/texts/wikitext-2-test.txt');

const DEFAULT_MODEL = path.join(projectRoot, 'assets/models/SmolLM2-135M-Instruct.Q4_1.gguf');

/** @throws EngineError MODEL_FILE_MISSING if none is named and the default one was never fetched */
export function modelPathOf(named: string | undefined): string {
  if (named !== undefined) return named;
  if (existsSync(DEFAULT_MODEL)) return DEFAULT_MODEL;
  throw new EngineError(
    'MODEL_FILE_MISSING',
    `${DEFAULT_MODEL} is missing. Run npm run setup, or name one with --model.`,
  );
}
