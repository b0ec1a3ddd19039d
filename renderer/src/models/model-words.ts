import type { CatalogFile, CatalogView, DownloadView, LibraryModel } from '../../../electron/ipc/model-contract.js';
import { wordsFor } from '../error-words.js';
import { formatBytes, formatDuration, formatPercent, formatSize, formatTokens } from '../format.js';

export type FitMark = 'fits' | 'tight' | 'no' | 'unknown';

/** How a model stands to this computer's memory, and why. */
export function fitWords(
  { need }: Pick<CatalogFile, 'need'>,
  memory: CatalogView['memory'],
): { mark: FitMark; title: string; reason: string } {
  if (need === null) return { mark: 'unknown', title: 'Not known', reason: 'The engine is not running.' };
  if ('error' in need) return { mark: 'unknown', title: 'Not with this budget', reason: wordsFor(need.error).message };
  const { weightsBytes, kvBytes, contextTokens, fit } = need;
  const titles = {
    fits: `Fits · ${formatSize(memory.freeBytes)} free`,
    tight: `Tight · ${formatSize(memory.freeBytes)} free`,
    no: `Too large · ${formatSize(memory.totalBytes)} in all`,
  };
  const reason = `${formatSize(weightsBytes + kvBytes)} of memory: ${formatSize(weightsBytes)} of weights, ${formatSize(kvBytes)} for ${formatTokens(contextTokens)}`;
  return { mark: fit, title: titles[fit], reason };
}

/** How far a download is. */
export function downloadWords({ state, receivedBytes, totalBytes }: DownloadView): string {
  const soFar =
    totalBytes === null ? formatSize(receivedBytes) : `${formatSize(receivedBytes)} of ${formatSize(totalBytes)}`;
  switch (state.state) {
    case 'queued':
      return 'Waits for its turn';
    case 'connecting':
      return 'Connecting';
    case 'receiving':
      return [soFar, ...speedWords(state.bytesPerSecond, totalBytes, receivedBytes)].join(' · ');
    case 'waiting':
      return `${soFar} · The connection broke; next try in ${formatDuration(state.seconds * 1000)}`;
    case 'checking':
      return `Checking ${formatPercent(state.fraction, 0)}`;
    case 'paused':
      return receivedBytes > 0 ? `Paused · ${soFar}` : 'Paused';
    case 'failed':
      return receivedBytes > 0 ? `Stopped · ${soFar}` : 'Stopped';
  }
}

function speedWords(bytesPerSecond: number | null, totalBytes: number | null, receivedBytes: number): string[] {
  if (bytesPerSecond === null || bytesPerSecond < 1) return [];
  const speed = `${formatBytes(Math.round(bytesPerSecond))}/s`;
  if (totalBytes === null) return [speed];
  return [speed, `${timeLeft((totalBytes - receivedBytes) / bytesPerSecond)} left`];
}

/** Coarse, so that it does not jump about: 40 s, 12 min, 3 h. */
function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** 0 … 1 of a download; null: its length is not known. */
export function downloadFraction({ state, receivedBytes, totalBytes }: DownloadView): number | null {
  if (state.state === 'checking') return state.fraction;
  return totalBytes === null || totalBytes === 0 ? null : Math.min(1, receivedBytes / totalBytes);
}

/** Where a model is and how sure one can be of it. */
export function placeWords({ place, kind, bytes, verified }: LibraryModel): string {
  const places = {
    bundled: 'came with the app',
    app: 'in the app’s folder',
    elsewhere: kind === 'folder' ? 'a folder of yours' : 'a file of yours',
  };
  const checks = { catalog: 'verified', hub: 'verified by the hub’s hash', none: 'not verified: the hub told no hash' };
  const parts = [bytes === null ? null : formatSize(bytes), places[place], verified && checks[verified]];
  return parts.filter((part) => part !== null).join(' · ');
}
