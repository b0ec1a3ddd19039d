/** Those that every word of the app exists in. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];
export type LanguageChoice = Language | 'system';

/** @param systemLocale such as de-AT */
export function languageFor(choice: LanguageChoice, systemLocale: string): Language {
  if (choice !== 'system') return choice;
  return LANGUAGES.find((language) => systemLocale.toLowerCase().split('-')[0] === language) ?? 'en';
}
