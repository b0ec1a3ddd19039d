import type { AppState } from './state.js';

type Preferences = Pick<AppState, 'theme' | 'temperature' | 'seed'>;

const KEY = 'preferences';

/** What this window was told last time; anything unreadable counts as nothing. */
export function loadPreferences(): Partial<Preferences> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof stored === 'object' && stored !== null ? validPreferences(stored) : {};
  } catch {
    return {};
  }
}

function validPreferences(stored: object): Partial<Preferences> {
  const preferences: Partial<Preferences> = {};
  if ('theme' in stored && (stored.theme === 'light' || stored.theme === 'dark')) preferences.theme = stored.theme;
  if ('temperature' in stored && typeof stored.temperature === 'number') {
    preferences.temperature = Math.min(2, Math.max(0, stored.temperature));
  }
  if ('seed' in stored && typeof stored.seed === 'number' && Number.isSafeInteger(stored.seed) && stored.seed >= 0) {
    preferences.seed = stored.seed;
  }
  return preferences;
}

export function savePreferences({ theme, temperature, seed }: Preferences): void {
  localStorage.setItem(KEY, JSON.stringify({ theme, temperature, seed } satisfies Preferences));
}
