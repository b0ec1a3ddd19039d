import type { SideName } from '../../engine/types.js';

/** The requestId of the frames of one side of a comparison. */
export function sideId(requestId: string, side: SideName): string {
  return `${requestId}:${side}`;
}
