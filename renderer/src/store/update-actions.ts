import type { UpdatesOff } from '../../../electron/ipc/contract.js';
import type { EngineErrorShape } from '../../../engine/errors.js';
import { type Bridge, toErrorShape } from '../bridge.js';
import type { AppStore } from './store.js';

/** How far the search for a newer version of the app is. */
export type UpdateState =
  | { step: 'idle' | 'checking' | 'latest' }
  | { step: 'off'; why: UpdatesOff }
  | { step: 'available' | 'loading' | 'ready'; version: string }
  | { step: 'failed'; error: EngineErrorShape };

export function createUpdateActions(store: AppStore, bridge: Bridge) {
  const show = (update: UpdateState) => store.setState({ update });

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      show({ step: 'failed', error: toErrorShape(thrown) });
    }
  }
  return {
    checkForUpdates: () =>
      attempt(async () => {
        show({ step: 'checking' });
        const found = await bridge.checkForUpdates();
        if (found.state === 'off') show({ step: 'off', why: found.why });
        else if (found.state === 'latest') show({ step: 'latest' });
        else show({ step: 'available', version: found.version });
      }),
    /** Of the version that was found. */
    downloadUpdate: () =>
      attempt(async () => {
        const { update } = store.getState();
        if (update.step !== 'available') return;
        show({ step: 'loading', version: update.version });
        await bridge.downloadUpdate();
        show({ step: 'ready', version: update.version });
      }),
  };
}
