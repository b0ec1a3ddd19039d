import type { ContextCost } from '../../../engine/types.js';
import { formatBytes } from '../format.js';
import type { AppState } from '../store/state.js';
import { t } from '../words.js';

/** What a chat's memory can grow to: what is left where it is, and what it holds already. */
export function roomBytes({ appInfo, kv, model }: Pick<AppState, 'appInfo' | 'kv' | 'model'>): number | null {
  const device = model.state === 'ready' ? model.runtime.device : undefined;
  // What a device holds when the model is loaded is its weights.
  if (device && model.state === 'ready') return device.memoryBytes && device.memoryBytes - (model.deviceBytes ?? 0);
  return appInfo && appInfo.freeMemoryBytes + (kv?.bytesAllocated ?? 0);
}

/** Of the context that the model runs with; null: not known. */
export function runningContextCost({
  model,
  contextCosts,
}: Pick<AppState, 'model' | 'contextCosts'>): ContextCost | null {
  if (model.state !== 'ready') return null;
  return contextCosts.find(({ contextLength }) => contextLength === model.runtime.contextLength) ?? null;
}

/** What is to be said before a context is chosen; null: it fits. */
export function contextWarning({ kvBytes }: ContextCost, room: number | null): string | null {
  if (kvBytes === null) return t('settings.context.budgetTooSmall');
  if (room === null || kvBytes <= room) return null;
  return t('settings.context.doesNotFit', { bytes: formatBytes(room) });
}

/** The length above the one that the model runs with; null: there is none, or it would not fit. */
export function nextContextLength(state: Pick<AppState, 'model' | 'contextCosts' | 'appInfo' | 'kv'>): number | null {
  const current = runningContextCost(state);
  const next = current && state.contextCosts[state.contextCosts.indexOf(current) + 1];
  return next && contextWarning(next, roomBytes(state)) === null ? next.contextLength : null;
}

/** What a chat that fills so long a context takes beyond one that fills the present one, bytes. */
export function moreBytes(state: Pick<AppState, 'model' | 'contextCosts'>, contextLength: number): number {
  const then = state.contextCosts.find((cost) => cost.contextLength === contextLength)?.kvBytes ?? 0;
  return then - (runningContextCost(state)?.kvBytes ?? 0);
}
