import type { AppSettings } from '../../../electron/ipc/app-settings.js';
import type { CompressionChoice } from '../../../engine/types.js';
import { type Bridge, toErrorShape } from '../bridge.js';
import { savePreferences } from './preferences.js';
import type { AppState, ThemeChoice } from './state.js';
import type { AppStore } from './store.js';

/** What the settings tab changes and asks. */
export function createSettingsActions(store: AppStore, bridge: Bridge) {
  return {
    /** Main acts on them; what it refuses stays as it was. */
    async changeSettings(change: Partial<AppSettings>): Promise<void> {
      try {
        const settings = await bridge.changeSettings(change);
        store.setState(({ appInfo }) => ({
          settings,
          settingsError: null,
          appInfo: appInfo && { ...appInfo, quickKeyTaken: appInfo.quickKeyTaken && change.quickKey === undefined },
        }));
      } catch (thrown) {
        store.setState({ settingsError: toErrorShape(thrown) });
      }
    },
    setTheme(theme: ThemeChoice): void {
      store.setState({ theme });
      savePreferences(store.getState());
      void bridge.setTheme(theme).catch(() => undefined);
    },
    setSampling(sampling: Partial<Pick<AppState, 'temperature' | 'seed'>>): void {
      store.setState(sampling);
      savePreferences(store.getState());
    },
    /** The answer comes as a frame. */
    costContexts: (compression: CompressionChoice) => void bridge.costContexts(compression).catch(() => undefined),
    /** What is kept of memories that are not in use; null: nobody can say. */
    parkedMemories: () => bridge.parkedMemories().catch(() => null),
    removeParkedMemories: () => bridge.removeParkedMemories().catch(() => null),
    openFolder: (folder: 'data' | 'logs') => void bridge.openFolder(folder).catch(() => undefined),
    /** What was put on the clipboard; null: it could not be. */
    copyDiagnostics: () => bridge.copyDiagnostics().catch(() => null),
  };
}
