import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The command line itself is wrong: exit code 2, with the usage. */
export class UsageError extends Error {}

/** node:util's parseArgs, strict and without positionals. @throws UsageError */
export function parseOptions<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: Options,
) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** @throws UsageError where the text is no number, or not one that `accepts` */
export function numberOption(
  name: string,
  text: string | undefined,
  accepts: (value: number) => boolean,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && accepts(value)) return value;
  throw new UsageError(`--${name} cannot be ${JSON.stringify(text)}.`);
}

/** A whole number from `least` on. @throws UsageError */
export function countOption(name: string, text: string | undefined, least = 1): number | undefined {
  return numberOption(name, text, (value) => Number.isSafeInteger(value) && value >= least);
}
