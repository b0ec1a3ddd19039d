import { DeviceScores } from '../device/device-scores.js';
import type { ModelSessions } from '../model-sessions.js';
import { AttentionScores } from './attention-scores.js';
import type { Scores } from './scores.js';

/** Where the model's sessions are. */
export function createScores(sessions: ModelSessions): Scores {
  const { device } = sessions.factory;
  return device ? new DeviceScores(sessions, device) : new AttentionScores(sessions);
}
