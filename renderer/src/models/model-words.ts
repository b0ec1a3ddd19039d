import type { CatalogFile, CatalogView, DownloadView, LibraryModel } from '../../../electron/ipc/model-contract.js';
import { wordsFor } from '../error-words.js';
import {
  formatBytes,
  formatDuration,
  formatMachineMemory,
  formatPercent,
  formatSize,
  formatTokens,
} from '../format.js';
import { t } from '../words.js';

export type FitMark = 'fits' | 'tight' | 'no' | 'unknown';

/** How a model stands to this computer's memory, and why. */
export function fitWords(
  { need }: Pick<CatalogFile, 'need'>,
  memory: CatalogView['memory'],
): { mark: FitMark; title: string; reason: string } {
  if (need === null) return { mark: 'unknown', title: t('models.fit.unknown'), reason: t('models.fit.unknownWhy') };
  if ('error' in need)
    return { mark: 'unknown', title: t('models.fit.notWithBudget'), reason: wordsFor(need.error).message };
  const { weightsBytes, kvBytes, contextTokens, fit } = need;
  const title = t(`models.fit.${fit}`, {
    bytes: formatMachineMemory(fit === 'no' ? memory.totalBytes : memory.freeBytes),
  });
  const reason = t('models.fit.need', {
    all: formatSize(weightsBytes + kvBytes),
    weights: formatSize(weightsBytes),
    cache: formatSize(kvBytes),
    tokens: formatTokens(contextTokens),
  });
  return { mark: fit, title, reason };
}

/** How far a download is. */
export function downloadWords({ state, receivedBytes, totalBytes }: DownloadView): string {
  const received = formatSize(receivedBytes);
  const soFar =
    totalBytes === null ? received : t('models.downloads.soFar', { received, total: formatSize(totalBytes) });
  const withAmount = (words: string) => (receivedBytes > 0 ? `${words} · ${soFar}` : words);
  switch (state.state) {
    case 'queued':
      return t('models.downloads.queued');
    case 'connecting':
      return t('models.downloads.connecting');
    case 'receiving':
      return [soFar, ...speedWords(state.bytesPerSecond, totalBytes, receivedBytes)].join(' · ');
    case 'waiting':
      return `${soFar} · ${t('models.downloads.waiting', { time: formatDuration(state.seconds * 1000) })}`;
    case 'checking':
      return t('models.downloads.checking', { share: formatPercent(state.fraction, 0) });
    case 'paused':
      return withAmount(t('models.downloads.paused'));
    case 'failed':
      return withAmount(t('models.downloads.stopped'));
  }
}

function speedWords(bytesPerSecond: number | null, totalBytes: number | null, receivedBytes: number): string[] {
  if (bytesPerSecond === null || bytesPerSecond < 1) return [];
  const speed = `${formatBytes(Math.round(bytesPerSecond))}/s`;
  if (totalBytes === null) return [speed];
  return [speed, t('models.downloads.left', { time: timeLeft((totalBytes - receivedBytes) / bytesPerSecond) })];
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
  const where = t(`models.place.${place === 'elsewhere' ? kind : place}`);
  const parts = [bytes === null ? null : formatSize(bytes), where, verified && t(`models.check.${verified}`)];
  return parts.filter((part) => part !== null).join(' · ');
}
