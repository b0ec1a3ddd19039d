import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Precision } from '../../engine/types.js';
import { precision } from '../ipc/contract.js';
import { checkHub } from './models/hub-address.js';

export interface LaunchOptions {
  /** The model to load at start instead of the default one. */
  modelPath: string | null;
  /** Where settings, logs and converted models are kept instead of the system's place for them. */
  userDataFolder: string | null;
  /** Instead of the one in the settings. */
  precision: Precision | null;
  /** Where models are downloaded from, instead of the address in the settings. */
  hub: string | null;
}

/** How a system names a file that is to be opened with the app. */
const MODEL_ARGUMENT = /\.(gguf|safetensors)$/i;

/**
 * `--model PATH` and `--user-data-dir PATH`, also as PYRAMID_MODEL and PYRAMID_USER_DATA_DIR; an argument wins.
 * A model file alone, as a path or a file: address, is what "Open with" gives.
 * `--precision float32` computes with float32 weights, for checking. `--hub URL`, also as PYRAMID_HUB.
 * Relative paths start at `cwd`. All other arguments are Chromium's.
 */
export function readLaunchOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): LaunchOptions {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: {
      model: { type: 'string' },
      'user-data-dir': { type: 'string' },
      precision: { type: 'string' },
      hub: { type: 'string' },
    },
    strict: false,
    allowPositionals: true,
  });
  const pathOf = (argument: string | boolean | undefined, variable: string | undefined): string | null => {
    const path = typeof argument === 'string' && /^[^-]/.test(argument) ? argument : variable;
    return path ? resolve(cwd, path) : null;
  };
  return {
    modelPath: pathOf(values.model ?? openedFile(positionals), env.PYRAMID_MODEL),
    userDataFolder: pathOf(values['user-data-dir'], env.PYRAMID_USER_DATA_DIR),
    precision: precision
      .nullable()
      .catch(null)
      .parse(values.precision ?? null),
    hub: checkedHub(typeof values.hub === 'string' ? values.hub : env.PYRAMID_HUB),
  };
}

/** An address that cannot be one counts as not given. */
function checkedHub(address: string | undefined): string | null {
  try {
    return address === undefined ? null : checkHub(address);
  } catch {
    return null;
  }
}

function openedFile(positionals: readonly string[]): string | undefined {
  const named = positionals.findLast((argument) => MODEL_ARGUMENT.test(argument));
  return named?.startsWith('file:') && URL.canParse(named) ? fileURLToPath(named) : named;
}
