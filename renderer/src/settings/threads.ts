import { formatCount } from '../format.js';
import { t } from '../words.js';

export type ThreadsWish = { threads: number | null } | { problem: string };

/** What was typed: nothing stands for one thread for each core. */
export function parseThreads(text: string, cores: number): ThreadsWish {
  const typed = text.trim();
  if (typed === '') return { threads: null };
  const threads = /^\d{1,6}$/.test(typed) ? Number(typed) : 0;
  if (threads < 1) return { problem: t('settings.threads.range', { cores: formatCount(cores) }) };
  if (threads > cores) {
    return { problem: t('settings.threads.tooMany', { count: cores, cores: formatCount(cores) }) };
  }
  return { threads };
}
