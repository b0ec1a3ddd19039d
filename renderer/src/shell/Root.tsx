import { useCallback, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { currentLanguage, onLanguageChange } from '../../../locales/words.js';
import { App } from './App.js';
import { keepPlace, restoreFocus, restoreScroll } from './kept-place.js';

/** Another language draws the whole window anew: words are everywhere, also where nothing else would change. */
export function Root() {
  const place = useRef<ReturnType<typeof keepPlace>>(null);
  const subscribe = useCallback(
    (redraw: () => void) =>
      onLanguageChange(() => {
        place.current = keepPlace();
        redraw();
      }),
    [],
  );
  const language = useSyncExternalStore(subscribe, currentLanguage);
  useLayoutEffect(() => {
    document.documentElement.lang = language;
    if (place.current) restoreScroll(place.current);
  }, [language]);
  // After what takes the focus when it is first drawn.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of language is the occasion
  useEffect(() => {
    if (place.current) restoreFocus(place.current);
  }, [language]);
  return <App key={language} />;
}
