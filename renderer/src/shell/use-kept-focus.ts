import { useEffect } from 'react';
import { focusInput } from '../store/focus-input.js';

/** Where a part of the window that had the focus goes, the message box gets it: else the keyboard would be nowhere. */
export function useKeptFocus(parts: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another set of parts is the occasion
  useEffect(() => {
    if (document.activeElement === document.body) focusInput();
  }, [parts]);
}
