import { EngineError } from '../../engine/errors.js';
import { t } from '../../locales/words.js';
import { ownUseOf } from '../ipc/quick-key.js';
import type { ShortcutName } from '../ipc/shortcuts.js';

/** The part of Electron's `globalShortcut` that is needed. */
interface GlobalKeys {
  register(accelerator: string, callback: () => void): boolean;
  unregister(accelerator: string): void;
}

interface QuickKeyOptions {
  globalKeys: GlobalKeys;
  isMac: boolean;
  onPress: () => void;
}

/** The one key that acts whatever program has the focus. */
export class QuickKey {
  readonly #options: QuickKeyOptions;
  #keys: string | null = null;

  constructor(options: QuickKeyOptions) {
    this.#options = options;
  }

  /** Which it has; null: none. */
  get keys(): string | null {
    return this.#keys;
  }

  /**
   * Takes another key, or none.
   * @throws EngineError SHORTCUT_TAKEN where another program, or this one, has it; the key before then stays
   */
  set(keys: string | null): void {
    if (keys === this.#keys) return;
    if (keys !== null) this.#take(keys);
    if (this.#keys !== null) this.#options.globalKeys.unregister(acceleratorOf(this.#keys));
    this.#keys = keys;
  }

  #take(keys: string): void {
    const { globalKeys, isMac, onPress } = this.#options;
    const own = ownUseOf(keys, isMac);
    if (own) {
      const use = t(`shell.shortcuts.${own}`, { lng: 'en' });
      throw taken(keys, `Pyramid Chat uses ${keys} already, for “${use}”.`, { own });
    }
    if (!globalKeys.register(acceleratorOf(keys), onPress)) {
      throw taken(keys, `Another program uses ${keys}, or the system does not give it away.`);
    }
  }
}

function acceleratorOf(keys: string): string {
  return keys.replace('Mod', 'CmdOrCtrl');
}

/** @param own the shortcut of this app that has them */
function taken(keys: string, cause: string, own?: { own: ShortcutName }): EngineError {
  return new EngineError('SHORTCUT_TAKEN', `${cause} Choose other keys.`, { field: 'quickKey', keys, ...own });
}
