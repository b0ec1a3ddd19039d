import type { AppState } from '../store/state.js';
import { shownSample } from '../timeline/moment.js';

/** About how many tokens each layer will hold once the memory is tidied; undefined: it is not being, or another moment is shown. */
export function plannedRows(state: AppState): readonly number[] | undefined {
  return state.tidying?.state === 'running' && shownSample(state) === null ? state.tidying.planned : undefined;
}
