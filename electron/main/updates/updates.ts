import type { AppUpdater } from 'electron-updater';
import { EngineError } from '../../../engine/errors.js';
import type { CallOutput, UpdatesOff } from '../../ipc/contract.js';
import type { UpdateFeed } from './update-feed.js';

interface UpdatesOptions {
  feed: UpdateFeed | { off: UpdatesOff };
  /** Also holds the name of the folder for downloads. */
  feedFile: string;
  logger: AppUpdater['logger'];
}

/** Newer versions, looked for when somebody asks and at no other time; what was downloaded is put in place at the end. */
export class Updates {
  readonly #options: UpdatesOptions;
  #updater: Promise<AppUpdater> | null = null;

  constructor(options: UpdatesOptions) {
    this.#options = options;
  }

  /** @throws UPDATE_FAILED */
  async check(): Promise<CallOutput<'checkForUpdates'>> {
    const { feed } = this.#options;
    if ('off' in feed) return { state: 'off', why: feed.off };
    const result = await this.#attempt(async () => (await this.#loadUpdater(feed)).checkForUpdates());
    return result?.isUpdateAvailable ? { state: 'available', version: result.updateInfo.version } : { state: 'latest' };
  }

  /** Of the version that `check` found. @throws UPDATE_FAILED */
  async download(): Promise<void> {
    const { feed } = this.#options;
    if ('off' in feed)
      throw new EngineError('UPDATE_FAILED', `This installation does not update itself (${feed.off}).`);
    await this.#attempt(async () => (await this.#loadUpdater(feed)).downloadUpdate());
  }

  /** On first use: most starts need none of it. */
  #loadUpdater(feed: UpdateFeed): Promise<AppUpdater> {
    this.#updater ??= this.#makeUpdater(feed);
    return this.#updater;
  }

  async #makeUpdater(feed: UpdateFeed): Promise<AppUpdater> {
    const { default: library } = await import('electron-updater');
    const { SignedProvider } = await import('./signed-provider.js');
    const updater = library.autoUpdater;
    updater.logger = this.#options.logger;
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = true;
    updater.allowDowngrade = false;
    updater.disableDifferentialDownload = true;
    updater.updateConfigPath = this.#options.feedFile;
    // Its own event of a failure, which nobody hears, would end the app; each failure comes from the call, too.
    updater.on('error', () => undefined);
    updater.setFeedURL({ ...feed, provider: 'custom', updateProvider: SignedProvider });
    return updater;
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
      const message = `${reason}. Nothing was changed. Try again later, or download the new version by hand.`;
      throw new EngineError('UPDATE_FAILED', message, undefined, { cause });
    }
  }
}
