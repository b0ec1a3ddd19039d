import type { KvCache } from '../../kv/kv-cache.js';
import { DevicePass } from '../device/device-pass.js';
import type { ModelSessions } from '../model-sessions.js';
import { HostPass } from './host-pass.js';
import type { PromptPass } from './prompt-pass.js';

export function openPass(
  sessions: ModelSessions,
  cache: KvCache,
  tokens: readonly number[],
  start: number,
): PromptPass {
  const history = Array.from({ length: cache.shape.numLayers }, (_, layer) => cache.length(layer));
  const capacity = Math.max(...history) + tokens.length;
  const { device } = sessions.factory;
  return device
    ? new DevicePass(sessions, device, cache, tokens, start, capacity)
    : new HostPass(sessions, cache, tokens, start, capacity);
}
