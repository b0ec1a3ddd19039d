import i18next from 'i18next';
import de from './de/index.js';
import en from './en/index.js';
import type { Language } from './languages.js';

// All words are here: nothing is waited for, and the first thing that is drawn has its words.
void i18next.init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en }, de: { translation: de } },
  initAsync: false,
  // React escapes what it shows; native menus and dialogs show plain text.
  interpolation: { escapeValue: false },
});

/** A text by its key, in the language of now: a module keeps keys, never texts. */
export const t = i18next.t;

export function currentLanguage(): Language {
  return i18next.language as Language;
}

export function setLanguage(language: Language): void {
  if (language !== currentLanguage()) void i18next.changeLanguage(language);
}

/** @returns what ends it */
export function onLanguageChange(listener: () => void): () => void {
  i18next.on('languageChanged', listener);
  return () => i18next.off('languageChanged', listener);
}
