import { existsSync } from 'node:fs';
import path from 'node:path';
import bundled from '../../assets/default-model.json' with { type: 'json' };
import { EngineError } from '../errors.js';

const projectRoot = path.resolve(import.meta.dirname, '../..');

// An installed app keeps what it brings and what it makes elsewhere than a checkout does, and says where.
const assets = process.env.PYRAMID_ASSETS_FOLDER ?? path.join(projectRoot, 'assets');
const made = process.env.PYRAMID_CACHE_FOLDER;
const cache = made ?? path.join(projectRoot, '.cache');

/** Where the command line keeps converted models. */
export const CACHE_FOLDER = path.join(cache, 'models');

/** Where measurements of a calibration are kept until it is done. */
export const CALIBRATION_FOLDER = path.join(cache, 'calibration');

/** Where a calibration writes its profile: with those that are committed, if this is a checkout. */
export const PROFILES_FOLDER = made ? path.join(made, 'profiles') : path.join(projectRoot, 'engine/kv/profiles');

/** What a calibration measures on, if no text is named. */
export const DEFAULT_TEXT = path.join(assets, 'texts/wikitext-2-test.txt');

const DEFAULT_MODEL = path.join(assets, 'models', bundled.file);

/** @throws EngineError MODEL_FILE_MISSING if none is named and the default one was never fetched */
export function modelPathOf(named: string | undefined): string {
  if (named !== undefined) return named;
  if (existsSync(DEFAULT_MODEL)) return DEFAULT_MODEL;
  throw new EngineError(
    'MODEL_FILE_MISSING',
    `${DEFAULT_MODEL} is missing. Run npm run setup, or name one with --model.`,
  );
}
