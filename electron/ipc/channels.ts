import type { LanguageChoice } from '../../locales/languages.js';
import type { CallName } from './contract.js';

/** One `ipcMain.handle` channel for each call of the contract. */
export function callChannel(name: CallName): string {
  return `pyramid:${name}`;
}

const CALL_NAMES_ARGUMENT = '--pyramid-calls=';

/**
 * How main tells the preload script, which cannot import the contract without all of zod before the page's first byte,
 * which calls there are: an argument of the page's process.
 */
export function callNamesArgument(names: readonly string[]): string {
  return CALL_NAMES_ARGUMENT + names.join(',');
}

export function readCallNames(argv: readonly string[]): CallName[] {
  const argument = argv.find((each) => each.startsWith(CALL_NAMES_ARGUMENT));
  return (argument?.slice(CALL_NAMES_ARGUMENT.length).split(',') ?? []) as CallName[];
}

const LANGUAGE_ARGUMENT = '--pyramid-language=';

/** The page draws its first words before it can ask for the settings. */
export function languageArgument(choice: LanguageChoice): string {
  return LANGUAGE_ARGUMENT + choice;
}

export function readLanguage(argv: readonly string[]): LanguageChoice {
  const argument = argv.find((each) => each.startsWith(LANGUAGE_ARGUMENT));
  return (argument?.slice(LANGUAGE_ARGUMENT.length) ?? 'system') as LanguageChoice;
}

export const MODELS_CHANNEL = 'pyramid:models';
export const ENGINE_STATUS_CHANNEL = 'pyramid:engine-status';
export const WINDOW_MODE_CHANNEL = 'pyramid:window-mode';
export const MENU_COMMAND_CHANNEL = 'pyramid:menu-command';
export const ENGINE_PORT_CHANNEL = 'pyramid:engine-port';
