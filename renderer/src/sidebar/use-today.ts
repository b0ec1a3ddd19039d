import { useEffect, useState } from 'react';

const HOUR_MS = 60 * 60 * 1000;

/** The time, as far as the day matters. */
export function useToday(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const look = () => setNow((before) => (before.toDateString() === new Date().toDateString() ? before : new Date()));
    const timer = setInterval(look, HOUR_MS);
    window.addEventListener('focus', look);
    return () => {
      clearInterval(timer);
      window.removeEventListener('focus', look);
    };
  }, []);
  return now;
}
