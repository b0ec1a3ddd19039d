import { useCallback, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { currentLanguage, onLanguageChange } from '../../../locales/words.js';
import { App } from './App.js';
import { keepPlace, restorePlace } from './kept-place.js';

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
    if (place.current) restorePlace(place.current);
  }, [language]);
  return <App key={language} />;
}
