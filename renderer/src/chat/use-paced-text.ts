import { useEffect, useLayoutEffect, useReducer, useRef } from 'react';

/** Of the window's time, showing a text that grows may take one part in so many. */
const SHARE = 4;

/**
 * A growing text as it is shown: where showing it takes long, some of what came is shown together with what comes next.
 * A text that does not grow is shown at once.
 */
export function usePacedText(text: string, isGrowing: boolean): string {
  const shown = useRef({ text, until: 0 });
  const [, showMore] = useReducer((count: number) => count + 1, 0);
  const begun = performance.now();
  const isNew = shown.current.text !== text && (!isGrowing || begun >= shown.current.until);
  if (isNew) shown.current.text = text;
  const isBehind = shown.current.text !== text;
  useLayoutEffect(() => {
    if (!isNew) return;
    const ended = performance.now();
    shown.current.until = ended + (ended - begun) * (SHARE - 1);
  });
  useEffect(() => {
    if (!isBehind) return;
    const timer = setTimeout(showMore, shown.current.until - performance.now());
    return () => clearTimeout(timer);
  });
  return shown.current.text;
}
