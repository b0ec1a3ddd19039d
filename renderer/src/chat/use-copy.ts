import { useEffect, useRef, useState } from 'react';

const SHOWN_MS = 1500;

/** Copies a text and tells for a moment that it did. */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = (text: string) => {
    const tell = () => {
      setCopied(true);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setCopied(false), SHOWN_MS);
    };
    // A window that is not in front may not write there: it does not say that it did.
    void navigator.clipboard.writeText(text).then(tell, () => undefined);
  };
  return { copied, copy };
}
