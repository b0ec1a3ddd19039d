import type { CallInput } from '../../../electron/ipc/contract.js';
import type { Bridge } from '../bridge.js';
import { toErrorShape } from '../bridge.js';
import { shownSample, shownTrace } from '../timeline/moment.js';
import type { AppState } from './state.js';
import type { AppStore } from './store.js';

/** What is now, and not a replay. */
export const LIVE = { replay: null, moment: null, playing: false } satisfies Partial<AppState>;

/** Looking back, and files with what was recorded. */
export function createTimelineActions(store: AppStore, bridge: Bridge) {
  async function attempt<T>(call: () => Promise<T>): Promise<T | null> {
    store.setState({ fileError: null });
    try {
      return await call();
    } catch (thrown) {
      store.setState({ fileError: toErrorShape(thrown) });
      return null;
    }
  }

  /** Shows the memory as it was; at the last sample, as it is. */
  function moveTo(ms: number): void {
    store.setState((state) => {
      const last = shownTrace(state)?.samples.at(-1)?.ms ?? 0;
      return { moment: ms >= last ? null : Math.max(0, ms) };
    });
  }

  return {
    lookAt(ms: number): void {
      store.setState({ playing: false });
      moveTo(ms);
    },
    /** The moment so many samples on. */
    stepMoment(samples: number): void {
      const state = store.getState();
      const trace = shownTrace(state);
      if (!trace) return;
      const last = trace.samples.length - 1;
      const next = (shownSample(state) ?? last) + samples;
      store.setState({ playing: false });
      moveTo(trace.samples[Math.min(last, Math.max(0, next))].ms);
    },
    backToNow: () => store.setState({ moment: null, playing: false }),
    /** From its beginning, or from the moment shown. */
    togglePlaying: () => store.setState(({ playing, moment }) => ({ playing: !playing, moment: moment ?? 0 })),
    /** What playing comes to after some time; at the end it stops. */
    playOn: (ms: number) => {
      moveTo((store.getState().moment ?? 0) + ms);
      store.setState(({ moment }) => ({ playing: moment !== null }));
    },
    /** The path of the file; null: it was not saved. */
    saveFile: (file: CallInput<'saveFile'>) => attempt(() => bridge.saveFile(file)),
    async openTrace(): Promise<void> {
      const replay = await attempt(() => bridge.openTrace());
      if (replay) store.setState({ ...LIVE, replay });
    },
    closeReplay: () => store.setState(LIVE),
    closeFileError: () => store.setState({ fileError: null }),
  };
}
