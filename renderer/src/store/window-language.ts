import { LANGUAGES, type LanguageChoice } from '../../../locales/languages.js';

const KEY = 'language';

/**
 * For the first thing that is drawn. A page that is loaded again in its window is told by main what was chosen when that
 * opened; what was chosen since, the page knows from before.
 */
export function firstLanguage(whenOpened: LanguageChoice): LanguageChoice {
  const chosen = sessionStorage.getItem(KEY);
  return isChoice(chosen) ? chosen : whenOpened;
}

/** As long as the window is open. */
export function noteLanguage(choice: LanguageChoice): void {
  sessionStorage.setItem(KEY, choice);
}

function isChoice(text: string | null): text is LanguageChoice {
  return text === 'system' || LANGUAGES.some((language) => language === text);
}
