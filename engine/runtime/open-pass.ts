import { DevicePass } from './device-pass.js';
import { HostPass } from './host-pass.js';
import type { ModelSessions } from './model-sessions.js';
import type { PromptPass } from './prompt-pass.js';

/** @param history rows of K/V that a layer may hold before the prompt's */
export function openPass(
  sessions: ModelSessions,
  tokens: readonly number[],
  start: number,
  history: number,
): PromptPass {
  const capacity = history + tokens.length;
  const { device } = sessions.factory;
  return device
    ? new DevicePass(sessions, device, tokens, start, capacity)
    : new HostPass(sessions, tokens, start, capacity);
}
