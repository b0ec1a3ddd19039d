import type { AppState } from './state.js';
import { LIVE } from './timeline-actions.js';

/** What does not follow into another chat. */
export const LEFT_BEHIND = {
  ...LIVE,
  fileError: null,
  modelFailureClosed: true,
} satisfies Partial<AppState>;
