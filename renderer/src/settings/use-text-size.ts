import { useLayoutEffect } from 'react';
import { useApp } from '../store/store.js';

/** Messages are as large as the settings have them; tokens.css says how large that is. */
export function useTextSize(): void {
  const textSize = useApp((state) => state.settings?.textSize ?? 'normal');
  useLayoutEffect(() => {
    document.documentElement.dataset.text = textSize;
  }, [textSize]);
}
