import { useCallback, useSyncExternalStore } from 'react';

/** Whether a media query holds, followed live. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}

/** Below this width the sidebar is a rail and the memory panel a strip. */
export const NARROW = '(max-width: 999px)';
export const DENSE = '(max-width: 999px), (max-height: 699px)';
export const DARK = '(prefers-color-scheme: dark)';
